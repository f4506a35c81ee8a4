"""The ground building: kernel, web, accounts and plans; nothing here knows the floors above."""
