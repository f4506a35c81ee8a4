"""Running the house: the embedded database, the processes, the scheduler, mail, and the doctor."""
