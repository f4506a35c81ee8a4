"""Create every table of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables and indexes; the laws that hold rows follow in 0002."""
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_event_case", "audit_event", ["case_id", "id"], unique=False)
    op.create_index(
        "ix_audit_event_subject", "audit_event", ["subject_type", "subject_id", "id"], unique=False
    )
    op.create_table(
        "audit_seal",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_seal_audit_id")),
    )
    op.create_table(
        "background_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("input", sa.LargeBinary(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')",
            name=op.f("ck_background_task_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_task")),
    )
    op.create_index(
        "ix_background_task_queue",
        "background_task",
        ["queued_at"],
        unique=False,
        postgresql_where="finished_at IS NULL",
    )
    op.create_table(
        "exchange_rate",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("base", sa.CHAR(length=3), nullable=False),
        sa.Column("quote", sa.CHAR(length=3), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.PrimaryKeyConstraint("on", "base", "quote", name=op.f("pk_exchange_rate")),
    )
    op.create_table(
        "fund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_fund_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_job_run")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_entry_key")),
    )
    op.create_index("ix_ledger_entry_day", "ledger_entry", ["posted_on"], unique=False)
    op.create_index("ix_ledger_entry_posted", "ledger_entry", ["posted_at", "id"], unique=False)
    op.create_index(
        "ix_ledger_entry_source", "ledger_entry", ["source_type", "source_id"], unique=False
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('programme', 'provider')", name=op.f("ck_organisation_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'unknown')", name=op.f("ck_outbox_message_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_message_idempotency_key")),
    )
    op.create_index(
        "ix_outbox_message_due",
        "outbox_message",
        ["next_attempt_at"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_table(
        "state_event",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("aggregate", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_event")),
    )
    op.create_index(
        "ix_state_event_aggregate", "state_event", ["aggregate", "aggregate_id", "id"], unique=False
    )
    op.create_table(
        "try_counter",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_try_counter")),
    )
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("available_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("available_minor >= 0", name=op.f("ck_budget_line_available")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_budget_line_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_budget_line_fund_id_code")),
    )
    op.create_index(op.f("ix_budget_line_fund_id"), "budget_line", ["fund_id"], unique=False)
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "jurisdiction IN ('right_bank', 'left_bank', 'abroad')",
            name=op.f("ck_provider_jurisdiction"),
        ),
        sa.ForeignKeyConstraint(["id"], ["organisation.id"], name=op.f("fk_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("identifier", name=op.f("uq_provider_identifier")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("locale IN ('ro', 'ru', 'en')", name=op.f("ck_user_account_locale")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_user_account_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["user_account.id"], name=op.f("fk_user_account_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
    )
    op.create_index(
        "uq_user_account_email", "user_account", [sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("velocity_exempt", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_api_token_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_api_token_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_token_hash")),
    )
    op.create_index(
        op.f("ix_api_token_organisation_id"), "api_token", ["organisation_id"], unique=False
    )
    op.create_table(
        "bank_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("bic", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by",
            name=op.f("ck_bank_account_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_bank_account_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_bank_account_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("iban", name=op.f("uq_bank_account_iban")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("opening_minor", sa.BigInteger(), nullable=True),
        sa.Column("closing_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_statement_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["user_account.id"], name=op.f("fk_bank_statement_imported_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "file_sha256", "position", name=op.f("uq_bank_statement_file_sha256_position")
        ),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("identification", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("territorial_unit", sa.Text(), nullable=True),
        sa.Column("dependants", sa.Integer(), nullable=False),
        sa.Column("access_needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("excluded_units", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("contact_channel", sa.Text(), nullable=False),
        sa.Column("contact_hours", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closure_reason", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "closure_reason IN ('goals_achieved', 'partial', 'support_period_ended', 'withdrew', 'relocated', 'transferred', 'lost_contact', 'died')",
            name=op.f("ck_case_file_closure_reason"),
        ),
        sa.CheckConstraint(
            "contact_channel IN ('none', 'phone', 'sms', 'in_person')",
            name=op.f("ck_case_file_contact_channel"),
        ),
        sa.CheckConstraint(
            "identification IN ('potential_victim', 'presumed_victim', 'identified_victim', 'pending')",
            name=op.f("ck_case_file_identification"),
        ),
        sa.CheckConstraint("language IN ('ro', 'ru', 'en')", name=op.f("ck_case_file_language")),
        sa.CheckConstraint(
            "sex IN ('female', 'male', 'unspecified')", name=op.f("ck_case_file_sex")
        ),
        sa.CheckConstraint(
            "state IN ('intake', 'active', 'follow_up', 'closed')", name=op.f("ck_case_file_state")
        ),
        sa.CheckConstraint("dependants >= 0", name=op.f("ck_case_file_dependants")),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["user_account.id"], name=op.f("fk_case_file_manager_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["user_account.id"], name=op.f("fk_case_file_opened_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("code", name=op.f("uq_case_file_code")),
    )
    op.create_index(op.f("ix_case_file_manager_id"), "case_file", ["manager_id"], unique=False)
    op.create_index("ix_case_file_updated", "case_file", ["updated_at", "id"], unique=False)
    op.create_table(
        "converted_allocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("budget_line_id", sa.Uuid(), nullable=False),
        sa.Column("taken_minor", sa.BigInteger(), nullable=False),
        sa.Column("taken_currency", sa.CHAR(length=3), nullable=False),
        sa.Column("given_minor", sa.BigInteger(), nullable=False),
        sa.Column("given_currency", sa.CHAR(length=3), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("rate_on", sa.Date(), nullable=False),
        sa.Column("buffer_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("converted_by", sa.Uuid(), nullable=True),
        sa.Column("converted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "buffer_percent >= 0 AND buffer_percent < 100",
            name=op.f("ck_converted_allocation_buffer"),
        ),
        sa.CheckConstraint("rate > 0", name=op.f("ck_converted_allocation_rate")),
        sa.CheckConstraint(
            "taken_currency <> given_currency", name=op.f("ck_converted_allocation_currencies")
        ),
        sa.ForeignKeyConstraint(
            ["budget_line_id"],
            ["budget_line.id"],
            name=op.f("fk_converted_allocation_budget_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["converted_by"], ["user_account.id"], name=op.f("fk_converted_allocation_converted_by")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_converted_allocation_fund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_converted_allocation")),
    )
    op.create_index(
        op.f("ix_converted_allocation_budget_line_id"),
        "converted_allocation",
        ["budget_line_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_converted_allocation_fund_id"), "converted_allocation", ["fund_id"], unique=False
    )
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_inbox_message_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
    )
    op.create_index(
        "ix_inbox_message_unread",
        "inbox_message",
        ["user_id"],
        unique=False,
        postgresql_where="read_at IS NULL",
    )
    op.create_index("ix_inbox_message_user", "inbox_message", ["user_id", "sent_at"], unique=False)
    op.create_index("uq_inbox_message_key", "inbox_message", ["user_id", "key"], unique=True)
    op.create_table(
        "ledger_line",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=True),
        sa.Column("budget_line_id", sa.Uuid(), nullable=True),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "account IN ('1110', '1120', '1300', '1310', '1900', '2100', '2200', '2300', '4100', '5100', '6100', '7100', '9000', '9100', '9200', '9300')",
            name=op.f("ck_ledger_line_account"),
        ),
        sa.CheckConstraint(
            "debit_minor >= 0 AND credit_minor >= 0 AND (debit_minor = 0) <> (credit_minor = 0)",
            name=op.f("ck_ledger_line_one_side"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["budget_line.id"], name=op.f("fk_ledger_line_budget_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_line_entry_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_line_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
    )
    op.create_index("ix_ledger_line_account", "ledger_line", ["account", "currency"], unique=False)
    op.create_index(
        "ix_ledger_line_budget", "ledger_line", ["budget_line_id", "account"], unique=False
    )
    op.create_index(op.f("ix_ledger_line_entry_id"), "ledger_line", ["entry_id"], unique=False)
    op.create_index(
        "ix_ledger_line_provider", "ledger_line", ["provider_id", "account"], unique=False
    )
    op.create_index("ix_ledger_line_voucher", "ledger_line", ["voucher_id"], unique=False)
    op.create_table(
        "payee_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("bic", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("final_account", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by",
            name=op.f("ck_payee_account_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_payee_account_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_payee_account_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_payee_account_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_account")),
    )
    op.create_index(
        op.f("ix_payee_account_provider_id"), "payee_account", ["provider_id"], unique=False
    )
    op.create_index(
        "uq_payee_account_live",
        "payee_account",
        ["provider_id", "currency"],
        unique=True,
        postgresql_where="approved_at IS NOT NULL AND retired_at IS NULL",
    )
    op.create_table(
        "payment_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("execution_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("file_content", sa.LargeBinary(), nullable=True),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "rail IN ('mdl_csv', 'sepa_pain001')", name=op.f("ck_payment_batch_rail")
        ),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> prepared_by OR total_minor < (CASE currency WHEN 'MDL' THEN 500000 WHEN 'EUR' THEN 25000 ELSE 0 END)",
            name=op.f("ck_payment_batch_preparer_releases_small_only"),
        ),
        sa.CheckConstraint(
            "state IN ('prepared', 'approved', 'released', 'settled', 'cancelled')",
            name=op.f("ck_payment_batch_state"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> prepared_by",
            name=op.f("ck_payment_batch_approver"),
        ),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> approved_by",
            name=op.f("ck_payment_batch_releaser"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_payment_batch_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_payment_batch_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["user_account.id"], name=op.f("fk_payment_batch_prepared_by")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["user_account.id"], name=op.f("fk_payment_batch_released_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batch")),
        sa.UniqueConstraint("message_id", name=op.f("uq_payment_batch_message_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_batch_reference")),
    )
    op.create_index(
        "ix_payment_batch_prepared", "payment_batch", ["prepared_at", "id"], unique=False
    )
    op.create_table(
        "sign_in_session",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sign_in_session_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_in_session")),
    )
    op.create_index(
        op.f("ix_sign_in_session_user_id"), "sign_in_session", ["user_id"], unique=False
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("territorial_unit", sa.Text(), nullable=False),
        sa.Column("locality", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("access_features", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_site_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("provider_id", "name", name=op.f("uq_site_provider_id_name")),
    )
    op.create_index(op.f("ix_site_provider_id"), "site", ["provider_id"], unique=False)
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('case_manager', 'supervisor', 'vetting_officer', 'finance_preparer', 'finance_approver', 'finance_releaser', 'auditor', 'administrator', 'provider_reception', 'provider_coordinator', 'provider_bookkeeper', 'provider_manager')",
            name=op.f("ck_user_role_role"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_role_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "vetting_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('registration', 'accreditation', 'licence', 'psea', 'safeguarding', 'framework_agreement', 'fire_safety')",
            name=op.f("ck_vetting_document_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["user_account.id"], name=op.f("fk_vetting_document_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_vetting_document_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vetting_document")),
    )
    op.create_index("ix_vetting_document_expiry", "vetting_document", ["expires_on"], unique=False)
    op.create_index(
        op.f("ix_vetting_document_provider_id"), "vetting_document", ["provider_id"], unique=False
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("counterparty_name", sa.Text(), nullable=False),
        sa.Column("counterparty_iban", sa.Text(), nullable=False),
        sa.Column("remittance", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("charges_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("proposal", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('unmatched', 'suggested', 'matched', 'exception', 'resolved')",
            name=op.f("ck_bank_line_state"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_line_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_bank_line_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["user_account.id"], name=op.f("fk_bank_line_resolved_by")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "bank_account_id",
            "fingerprint",
            "occurrence",
            name=op.f("uq_bank_line_bank_account_id_fingerprint_occurrence"),
        ),
    )
    op.create_index("ix_bank_line_booked", "bank_line", ["booked_on", "id"], unique=False)
    op.create_index(
        op.f("ix_bank_line_end_to_end_id"), "bank_line", ["end_to_end_id"], unique=False
    )
    op.create_index("ix_bank_line_state", "bank_line", ["state", "booked_on", "id"], unique=False)
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
    op.create_table(
        "case_member",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('manager', 'supervisor', 'co_worker')", name=op.f("ck_case_member_role")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_member_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_member_user_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_case_member")),
    )
    op.create_index("ix_case_member_user", "case_member", ["user_id", "case_id"], unique=False)
    op.create_table(
        "case_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('contact', 'observation', 'decision')", name=op.f("ck_case_note_kind")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_note_case_id")),
        sa.ForeignKeyConstraint(
            ["written_by"], ["user_account.id"], name=op.f("fk_case_note_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_case_id"), "case_note", ["case_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("locale IN ('ro', 'ru', 'en')", name=op.f("ck_consent_locale")),
        sa.CheckConstraint("mode IN ('written', 'oral')", name=op.f("ck_consent_mode")),
        sa.CheckConstraint(
            "scope IN ('case_management', 'share_with_provider', 'anonymised_statistics', 'contact')",
            name=op.f("ck_consent_scope"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_consent_case_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisation.id"], name=op.f("fk_consent_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_consent_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user_account.id"], name=op.f("fk_consent_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_case", "consent", ["case_id", "scope"], unique=False)
    op.create_table(
        "emergency_start",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ratify_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("circumstances", sa.Text(), nullable=False),
        sa.Column("ceiling_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'ratified', 'refused')", name=op.f("ck_emergency_start_state")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_emergency_start_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_emergency_start_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["user_account.id"], name=op.f("fk_emergency_start_started_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_start")),
        sa.UniqueConstraint("case_id", name=op.f("uq_emergency_start_case_id")),
    )
    op.create_index(
        "ix_emergency_start_pending",
        "emergency_start",
        ["ratify_by"],
        unique=False,
        postgresql_where="state = 'pending'",
    )
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by",
            name=op.f("ck_erasure_request_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user_account.id"], name=op.f("fk_erasure_request_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_erasure_request_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_erasure_request_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
    )
    op.create_index(
        op.f("ix_erasure_request_case_id"), "erasure_request", ["case_id"], unique=False
    )
    op.create_index(
        "uq_erasure_request_open",
        "erasure_request",
        ["case_id"],
        unique=True,
        postgresql_where="decided_at IS NULL",
    )
    op.create_table(
        "identity_index",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_identity_index_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_identity_index")),
    )
    op.create_index(op.f("ix_identity_index_value"), "identity_index", ["value"], unique=False)
    op.create_table(
        "need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "domain IN ('safety_housing', 'health', 'documents_rights', 'skills_income', 'family_social')",
            name=op.f("ck_need_domain"),
        ),
        sa.CheckConstraint(
            "priority IN ('low', 'medium', 'high', 'urgent')", name=op.f("ck_need_priority")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_need_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
    )
    op.create_index(op.f("ix_need_case_id"), "need", ["case_id"], unique=False)
    op.create_table(
        "offering",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sex_policy", sa.Text(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=False),
        sa.Column("accepts_children", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("assessed_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_until", sa.Date(), nullable=True),
        sa.Column("suspended_by", sa.Uuid(), nullable=True),
        sa.Column("suspension_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category IN ('shelter', 'rented_housing', 'basic_needs', 'medical', 'mental_health', 'legal_aid', 'documents', 'education', 'vocational_training', 'employment', 'business_start_up', 'family_mediation', 'childcare', 'social_protection', 'transport', 'interpretation')",
            name=op.f("ck_offering_category"),
        ),
        sa.CheckConstraint(
            "sex_policy IN ('any', 'female', 'male')", name=op.f("ck_offering_sex_policy")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'info_requested', 'pending_approval', 'approved', 'rejected', 'suspended', 'expired', 'withdrawn')",
            name=op.f("ck_offering_state"),
        ),
        sa.CheckConstraint(
            "unit IN ('night', 'session', 'hour', 'visit', 'course', 'day', 'ride', 'month', 'item', 'amount')",
            name=op.f("ck_offering_unit"),
        ),
        sa.CheckConstraint("min_age >= 0 AND max_age >= min_age", name=op.f("ck_offering_ages")),
        sa.CheckConstraint("places_taken >= 0", name=op.f("ck_offering_places")),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_offering_price")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_offering_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["assessed_by"], ["user_account.id"], name=op.f("fk_offering_assessed_by")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_offering_provider_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_offering_site_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_offering_submitted_by")
        ),
        sa.ForeignKeyConstraint(
            ["suspended_by"], ["user_account.id"], name=op.f("fk_offering_suspended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering")),
        sa.UniqueConstraint(
            "site_id", "category", "name", name=op.f("uq_offering_site_id_category_name")
        ),
    )
    op.create_index("ix_offering_category", "offering", ["category", "state"], unique=False)
    op.create_index(op.f("ix_offering_provider_id"), "offering", ["provider_id"], unique=False)
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("payee_iban", sa.Text(), nullable=False),
        sa.Column("payee_bic", sa.Text(), nullable=False),
        sa.Column("payee_identifier", sa.Text(), nullable=False),
        sa.Column("final_account", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("offset_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('prepared', 'released', 'settled', 'failed', 'returned', 'cancelled')",
            name=op.f("ck_payment_order_state"),
        ),
        sa.CheckConstraint(
            "amount_minor >= 0 AND offset_minor >= 0 AND amount_minor + offset_minor > 0",
            name=op.f("ck_payment_order_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batch.id"], name=op.f("fk_payment_order_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_payment_order_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("end_to_end_id", name=op.f("uq_payment_order_end_to_end_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_order_reference")),
    )
    op.create_index(op.f("ix_payment_order_batch_id"), "payment_order", ["batch_id"], unique=False)
    op.create_index(
        "ix_payment_order_provider", "payment_order", ["provider_id", "state"], unique=False
    )
    op.create_table(
        "person_identity",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.LargeBinary(), nullable=True),
        sa.Column("family_name", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=True),
        sa.Column("document_number", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_person_identity_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_person_identity")),
    )
    op.create_table(
        "person_key",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_person_key_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_person_key")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("last_edited_by", sa.Uuid(), nullable=False),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'changed', 'closed')",
            name=op.f("ck_plan_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_plan_case_id")),
        sa.ForeignKeyConstraint(
            ["last_edited_by"], ["user_account.id"], name=op.f("fk_plan_last_edited_by")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_plan_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("case_id", name=op.f("uq_plan_case_id")),
    )
    op.create_table(
        "pseudonym",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_pseudonym_case_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_pseudonym_provider_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "provider_id", name=op.f("pk_pseudonym")),
        sa.UniqueConstraint("provider_id", "words", name=op.f("uq_pseudonym_provider_id_words")),
    )
    op.create_table(
        "bank_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_line_id", sa.Uuid(), nullable=False),
        sa.Column("payment_order_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("matched_by", sa.Uuid(), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_line_id"], ["bank_line.id"], name=op.f("fk_bank_match_bank_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["matched_by"], ["user_account.id"], name=op.f("fk_bank_match_matched_by")
        ),
        sa.ForeignKeyConstraint(
            ["payment_order_id"], ["payment_order.id"], name=op.f("fk_bank_match_payment_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["user_account.id"], name=op.f("fk_bank_match_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
    )
    op.create_index(
        op.f("ix_bank_match_bank_line_id"), "bank_match", ["bank_line_id"], unique=False
    )
    op.create_index(
        op.f("ix_bank_match_payment_order_id"), "bank_match", ["payment_order_id"], unique=False
    )
    op.create_index(
        "uq_bank_match_order_live",
        "bank_match",
        ["payment_order_id"],
        unique=True,
        postgresql_where="undone_at IS NULL",
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=False),
        sa.Column("invoiced_minor", sa.BigInteger(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("payment_order_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'disputed', 'checked', 'in_payment', 'paid', 'withdrawn')",
            name=op.f("ck_claim_state"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["user_account.id"], name=op.f("fk_claim_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_claim_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["payment_order_id"], ["payment_order.id"], name=op.f("fk_claim_payment_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_claim_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_claim_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("reference", name=op.f("uq_claim_reference")),
    )
    op.create_index(op.f("ix_claim_payment_order_id"), "claim", ["payment_order_id"], unique=False)
    op.create_index("ix_claim_provider", "claim", ["provider_id", "created_at", "id"], unique=False)
    op.create_index("ix_claim_state", "claim", ["state", "created_at", "id"], unique=False)
    op.create_table(
        "goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("own_words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_goal_case_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_goal_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_case_id"), "goal", ["case_id"], unique=False)
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'approved', 'returned', 'withdrawn')",
            name=op.f("ck_plan_version_state"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_plan_version_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_plan_version_decided_by")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_plan_version_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_version_plan_id_number")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "domain IN ('safety_housing', 'health', 'documents_rights', 'skills_income', 'family_social')",
            name=op.f("ck_milestone_domain"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'in_progress', 'completed', 'not_completed', 'cancelled')",
            name=op.f("ck_milestone_state"),
        ),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_milestone_dates")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_milestone_case_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_milestone_goal_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_milestone_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_case_id"), "milestone", ["case_id"], unique=False)
    op.create_index("ix_milestone_due", "milestone", ["due_on", "state"], unique=False)
    op.create_index(op.f("ix_milestone_plan_id"), "milestone", ["plan_id"], unique=False)
    op.create_table(
        "milestone_dependency",
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("depends_on_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "milestone_id <> depends_on_id", name=op.f("ck_milestone_dependency_not_itself")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_milestone_dependency_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["milestone.id"],
            name=op.f("fk_milestone_dependency_depends_on_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestone.id"],
            name=op.f("fk_milestone_dependency_milestone_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "milestone_id", "depends_on_id", name=op.f("pk_milestone_dependency")
        ),
    )
    op.create_table(
        "plan_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("ceiling_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("budget_line_id", sa.Uuid(), nullable=False),
        sa.Column("approved_units", sa.Integer(), nullable=False),
        sa.Column("approved_unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("approved_ceiling_minor", sa.BigInteger(), nullable=False),
        sa.Column("approved_budget_line_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "category IN ('shelter', 'rented_housing', 'basic_needs', 'medical', 'mental_health', 'legal_aid', 'documents', 'education', 'vocational_training', 'employment', 'business_start_up', 'family_mediation', 'childcare', 'social_protection', 'transport', 'interpretation')",
            name=op.f("ck_plan_line_category"),
        ),
        sa.CheckConstraint("origin IN ('plan', 'emergency')", name=op.f("ck_plan_line_origin")),
        sa.CheckConstraint(
            "unit IN ('night', 'session', 'hour', 'visit', 'course', 'day', 'ride', 'month', 'item', 'amount')",
            name=op.f("ck_plan_line_unit"),
        ),
        sa.CheckConstraint(
            "units > 0 AND unit_price_minor > 0 AND ceiling_minor > 0",
            name=op.f("ck_plan_line_positive"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_budget_line_id"],
            ["budget_line.id"],
            name=op.f("fk_plan_line_approved_budget_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["budget_line.id"], name=op.f("fk_plan_line_budget_line_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_plan_line_case_id")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_plan_line_milestone_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
    )
    op.create_index(op.f("ix_plan_line_case_id"), "plan_line", ["case_id"], unique=False)
    op.create_index(op.f("ix_plan_line_milestone_id"), "plan_line", ["milestone_id"], unique=False)
    op.create_table(
        "plan_line_delivery",
        sa.Column("plan_line_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("considered_units", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "units >= 0 AND amount_minor >= 0", name=op.f("ck_plan_line_delivery_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["plan_line_id"], ["plan_line.id"], name=op.f("fk_plan_line_delivery_plan_line_id")
        ),
        sa.PrimaryKeyConstraint("plan_line_id", name=op.f("pk_plan_line_delivery")),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("plan_line_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disclosure", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("match", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rejection", sa.Text(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "category IN ('shelter', 'rented_housing', 'basic_needs', 'medical', 'mental_health', 'legal_aid', 'documents', 'education', 'vocational_training', 'employment', 'business_start_up', 'family_mediation', 'childcare', 'social_protection', 'transport', 'interpretation')",
            name=op.f("ck_referral_category"),
        ),
        sa.CheckConstraint(
            "rejection IN ('no_capacity', 'not_eligible', 'cannot_meet_needs', 'price', 'other')",
            name=op.f("ck_referral_rejection"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'requested', 'accepted', 'rejected', 'in_progress', 'completed', 'failed', 'cancelled')",
            name=op.f("ck_referral_state"),
        ),
        sa.CheckConstraint(
            "unit IN ('night', 'session', 'hour', 'visit', 'course', 'day', 'ride', 'month', 'item', 'amount')",
            name=op.f("ck_referral_unit"),
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_referral_units")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user_account.id"], name=op.f("fk_referral_answered_by")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_referral_case_id")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_referral_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_referral_offering_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_line_id"], ["plan_line.id"], name=op.f("fk_referral_plan_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_referral_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["user_account.id"], name=op.f("fk_referral_requested_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index(
        "ix_referral_answer_by",
        "referral",
        ["answer_by"],
        unique=False,
        postgresql_where="state = 'requested'",
    )
    op.create_index(op.f("ix_referral_case_id"), "referral", ["case_id"], unique=False)
    op.create_index("ix_referral_created", "referral", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_referral_plan_line_id"), "referral", ["plan_line_id"], unique=False)
    op.create_index(
        "ix_referral_provider", "referral", ["provider_id", "state", "created_at"], unique=False
    )
    op.create_table(
        "voucher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("plan_line_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("offering_id", sa.Uuid(), nullable=True),
        sa.Column("budget_line_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("units_left", sa.Integer(), nullable=False),
        sa.Column("units_pending", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_left_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_pending_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suspended_from", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("print_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pin_salt", sa.LargeBinary(), nullable=True),
        sa.Column("pin_verifier", sa.LargeBinary(), nullable=True),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_automatically", sa.Boolean(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category IN ('shelter', 'rented_housing', 'basic_needs', 'medical', 'mental_health', 'legal_aid', 'documents', 'education', 'vocational_training', 'employment', 'business_start_up', 'family_mediation', 'childcare', 'social_protection', 'transport', 'interpretation')",
            name=op.f("ck_voucher_category"),
        ),
        sa.CheckConstraint(
            "kind = 'value' OR (amount_left_minor = units_left * unit_price_minor AND amount_minor = units * unit_price_minor AND units > 0)",
            name=op.f("ck_voucher_units_times_price"),
        ),
        sa.CheckConstraint("kind IN ('service_units', 'value')", name=op.f("ck_voucher_kind")),
        sa.CheckConstraint(
            "proof IN ('pin', 'stay', 'signed_list', 'case_manager')", name=op.f("ck_voucher_proof")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'issued', 'partly_redeemed', 'redeemed', 'suspended', 'expired', 'cancelled', 'replaced')",
            name=op.f("ck_voucher_state"),
        ),
        sa.CheckConstraint(
            "unit IN ('night', 'session', 'hour', 'visit', 'course', 'day', 'ride', 'month', 'item', 'amount')",
            name=op.f("ck_voucher_unit"),
        ),
        sa.CheckConstraint(
            "amount_left_minor BETWEEN 0 AND amount_minor", name=op.f("ck_voucher_amount_left")
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND unit_price_minor > 0", name=op.f("ck_voucher_positive")
        ),
        sa.CheckConstraint("units_left BETWEEN 0 AND units", name=op.f("ck_voucher_units_left")),
        sa.CheckConstraint(
            "units_pending BETWEEN 0 AND units_left AND amount_pending_minor BETWEEN 0 AND amount_left_minor",
            name=op.f("ck_voucher_pending"),
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_voucher_validity")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_voucher_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["budget_line.id"], name=op.f("fk_voucher_budget_line_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_voucher_case_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_voucher_consent_id")),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["user_account.id"], name=op.f("fk_voucher_drafted_by")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_voucher_fund_id")),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["user_account.id"], name=op.f("fk_voucher_issued_by")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_voucher_offering_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_line_id"], ["plan_line.id"], name=op.f("fk_voucher_plan_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_voucher_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_voucher_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["voucher.id"], name=op.f("fk_voucher_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_voucher_code_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_voucher_reference")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_voucher_secret_hash")),
    )
    op.create_index("ix_voucher_case", "voucher", ["case_id", "created_at"], unique=False)
    op.create_index(op.f("ix_voucher_consent_id"), "voucher", ["consent_id"], unique=False)
    op.create_index("ix_voucher_created", "voucher", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_voucher_expiry",
        "voucher",
        ["valid_until"],
        unique=False,
        postgresql_where="state IN ('issued', 'partly_redeemed', 'suspended')",
    )
    op.create_index(op.f("ix_voucher_offering_id"), "voucher", ["offering_id"], unique=False)
    op.create_index(op.f("ix_voucher_plan_line_id"), "voucher", ["plan_line_id"], unique=False)
    op.create_index(
        "ix_voucher_provider_created", "voucher", ["provider_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_voucher_state_created", "voucher", ["state", "created_at", "id"], unique=False
    )
    op.create_table(
        "redemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "proof IN ('pin', 'stay', 'signed_list', 'case_manager')",
            name=op.f("ck_redemption_proof"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'unconfirmed', 'refused', 'reversed')",
            name=op.f("ck_redemption_state"),
        ),
        sa.CheckConstraint("amount_minor > 0 AND units >= 0", name=op.f("ck_redemption_positive")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_redemption_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_redemption_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_redemption_settled_by")
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_redemption_token_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_redemption_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint(
            "provider_id", "idempotency_key", name=op.f("uq_redemption_provider_id_idempotency_key")
        ),
        sa.UniqueConstraint("receipt", name=op.f("uq_redemption_receipt")),
    )
    op.create_index(
        "ix_redemption_provider", "redemption", ["provider_id", "recorded_at", "id"], unique=False
    )
    op.create_index(
        "ix_redemption_unconfirmed",
        "redemption",
        ["recorded_at"],
        unique=False,
        postgresql_where="state = 'unconfirmed'",
    )
    op.create_index(op.f("ix_redemption_voucher_id"), "redemption", ["voucher_id"], unique=False)
    op.create_table(
        "claim_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'disputed', 'refused')", name=op.f("ck_claim_line_state")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_claim_line_amount")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_line_claim_id")),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_claim_line_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_line")),
    )
    op.create_index(op.f("ix_claim_line_claim_id"), "claim_line", ["claim_id"], unique=False)
    op.create_index(
        "uq_claim_line_redemption",
        "claim_line",
        ["redemption_id"],
        unique=True,
        postgresql_where="state <> 'refused'",
    )


def downgrade() -> None:
    """Drop everything."""
    op.drop_table("claim_line")
    op.drop_table("redemption")
    op.drop_table("voucher")
    op.drop_table("referral")
    op.drop_table("plan_line_delivery")
    op.drop_table("plan_line")
    op.drop_table("milestone_dependency")
    op.drop_table("milestone")
    op.drop_table("plan_version")
    op.drop_table("goal")
    op.drop_table("claim")
    op.drop_table("bank_match")
    op.drop_table("pseudonym")
    op.drop_table("plan")
    op.drop_table("person_key")
    op.drop_table("person_identity")
    op.drop_table("payment_order")
    op.drop_table("offering")
    op.drop_table("need")
    op.drop_table("identity_index")
    op.drop_table("erasure_request")
    op.drop_table("emergency_start")
    op.drop_table("consent")
    op.drop_table("case_note")
    op.drop_table("case_member")
    op.drop_table("bank_line")
    op.drop_table("vetting_document")
    op.drop_table("user_role")
    op.drop_table("site")
    op.drop_table("sign_in_session")
    op.drop_table("payment_batch")
    op.drop_table("payee_account")
    op.drop_table("ledger_line")
    op.drop_table("inbox_message")
    op.drop_table("converted_allocation")
    op.drop_table("case_file")
    op.drop_table("bank_statement")
    op.drop_table("bank_account")
    op.drop_table("api_token")
    op.drop_table("user_account")
    op.drop_table("provider")
    op.drop_table("budget_line")
    op.drop_table("try_counter")
    op.drop_table("state_event")
    op.drop_table("outbox_message")
    op.drop_table("organisation")
    op.drop_table("ledger_entry")
    op.drop_table("job_run")
    op.drop_table("fund")
    op.drop_table("exchange_rate")
    op.drop_table("background_task")
    op.drop_table("audit_seal")
    op.drop_table("audit_event")
    op.drop_table("audit_checkpoint")
