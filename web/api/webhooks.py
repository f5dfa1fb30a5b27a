"""Version 1, webhooks: addresses that are told what happens, their messages, and sending one again."""

from typing import Any, ClassVar

from marshmallow import fields

from models.program import ANNOUNCED, DeliveryState
from web.access import current_actor, requires
from web.api.blueprint import api
from web.api.commands import Made
from web.api.door import EVERYBODY
from web.api.paging import Page, PagedSchema, cursor, number, page, page_from, page_of
from web.api.shapes import shape_of
from web.current import current_settings, current_work, now
from web.forms.schema import CommandSchema, Text, known
from web.webhooks.subscriptions import (
    DeliveryLine,
    NewWebhook,
    WebhookLine,
    add_webhook,
    deliveries,
    end_webhook,
    ping,
    send_again,
    webhooks_of,
)


class WebhookSchema(CommandSchema):
    """Where to tell, and of what; without *events* of all that the account may see."""

    makes: ClassVar = None
    url = Text(longest=500, required=True, metadata={"format": "uri"})
    events = fields.List(fields.String(validate=known(tuple(ANNOUNCED))), load_default=list)


class DeliveriesSchema(PagedSchema):
    state = fields.Enum(DeliveryState, by_value=True, load_default=None)


@api.route("/webhooks", methods=["GET"], tags=["Webhooks"])
@requires(*EVERYBODY)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(WebhookLine))
def read_webhooks(asked: dict[str, Any]) -> Page[WebhookLine]:
    """Give the account's webhooks, the newest first, with how their messages stand."""
    with current_work().read() as session:
        found = webhooks_of(session, current_actor())
    return page_from(found, asked, lambda hook: [-hook.webhook_id])


@api.route("/webhooks", methods=["POST"], tags=["Webhooks"])
@requires(*EVERYBODY)
@api.arguments(WebhookSchema)
@api.response(201, shape_of(NewWebhook))
def subscribe(data: dict[str, Any]) -> NewWebhook:
    """Tell an address of events from now on; the secret of its signatures is shown this once."""
    with current_work().begin() as session:
        return add_webhook(
            session,
            current_actor(),
            url=data["url"],
            events=tuple(data["events"]),
            private_allowed=current_settings().webhooks_private,
            now=now(),
        )


@api.route("/webhooks/<int:webhook_id>", methods=["DELETE"], tags=["Webhooks"])
@requires(*EVERYBODY)
@api.response(204)
def unsubscribe(webhook_id: int) -> None:
    """Tell an address nothing more."""
    with current_work().begin() as session:
        end_webhook(session, current_actor(), webhook_id=webhook_id, now=now())


@api.route("/webhooks/<int:webhook_id>/ping", methods=["POST"], tags=["Webhooks"])
@requires(*EVERYBODY)
@api.response(202, Made)
def send_ping(webhook_id: int) -> dict[str, int]:
    """Send a message that says nothing, to try a receiver."""
    with current_work().begin() as session:
        return {"id": ping(session, current_actor(), webhook_id=webhook_id, now=now())}


@api.route("/webhooks/<int:webhook_id>/deliveries", methods=["GET"], tags=["Webhooks"])
@requires(*EVERYBODY)
@api.arguments(DeliveriesSchema, location="query")
@api.response(200, page_of(DeliveryLine))
def read_deliveries(asked: dict[str, Any], webhook_id: int) -> Page[DeliveryLine]:
    """Give a webhook's messages, the newest first; those that are *dead* were given up."""
    before = cursor(asked["after"], number)
    with current_work().read() as session:
        found = deliveries(
            session,
            current_actor(),
            webhook_id=webhook_id,
            state=asked["state"],
            limit=asked["limit"] + 1,
            before_id=None if before is None else before[0],
        )
    return page(found, asked["limit"], lambda line: [line.delivery_id])


@api.route("/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/replay", methods=["POST"], tags=["Webhooks"])
@requires(*EVERYBODY)
@api.response(204)
def replay(webhook_id: int, delivery_id: int) -> None:
    """Send a message again that is dead or was sent: same id, same content."""
    with current_work().begin() as session:
        send_again(session, current_actor(), webhook_id=webhook_id, delivery_id=delivery_id, now=now())
