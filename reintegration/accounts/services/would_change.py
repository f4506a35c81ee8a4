"""What another value of a rule on people who work here would change, for whoever approves it."""

from datetime import timedelta

from sqlalchemy import select

from reintegration.accounts.models import ApiToken, Deputyship
from reintegration.accounts.services import deputies, tokens
from reintegration.kernel import message_texts
from reintegration.kernel.dated_rules import counting
from reintegration.kernel.errors import N_
from reintegration.kernel.outbox import OutboxMessage

deputies.LONGEST.preview_with(
    counting(
        N_("Deputies who were named for longer than that, and stay so: %(count)s"),
        lambda coming, _since: select(Deputyship.id).where(
            Deputyship.ended_at.is_(None),
            Deputyship.ends_on >= coming.first_day,
            Deputyship.ends_on - Deputyship.starts_on >= coming.after.days,
        ),
    )
)
tokens.TOKEN_FOR.preview_with(
    counting(
        N_("Tokens that end later than that, and stay so: %(count)s"),
        lambda coming, _since: select(ApiToken.id).where(
            ApiToken.revoked_at.is_(None), ApiToken.expires_on > coming.first_day + coming.after
        ),
    )
)
tokens.ENDS_BEFORE.preview_with(
    counting(
        N_("Tokens that would be told of on the first day: %(count)s"),
        lambda coming, _since: select(ApiToken.id).where(
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_on.between(
                coming.first_day, coming.first_day + timedelta(days=max(coming.after))
            ),
        ),
    )
)
message_texts.TEXTS.preview_with(
    counting(
        N_("Messages of the last 90 days that would have said it so: %(count)s"),
        lambda coming, since: select(OutboxMessage.id).where(
            OutboxMessage.text_code == coming.entry, OutboxMessage.queued_at > since
        ),
    )
)
