"""What a tenant's configuration says about the lives of APIs and about approvals, as far as it has a meaning here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.controlplane.workflows.rules import WEBHOOK, steps_of
from gatehouse.domain.publishing.webhook import SECRET_PREFIX, key_of
from gatehouse.edge.wire import Wire, spelled

URL_CHARACTERS_MAX = 2048
KEY_BYTES_MIN = 24
"""As Standard Webhooks 1.0 asks of keys."""
APPROVERS_MAX = 20
"""How many addresses are written to about one request. A list of the mail server's own may stand behind one."""

_ADDRESS = spelled(r"^[^@\s]+@[^@\s]+$", "must be a mail address")
_URL = spelled(
    r"^(https?://[^\s/?#@]+([/?]\S*)?)?$", "must be an address of https, without a name and a password in it"
)

MailAddress = Annotated[str, Field(max_length=254, pattern=_ADDRESS)]  # RFC 5321 §4.5.3.1.3
Url = Annotated[str, Field(max_length=URL_CHARACTERS_MAX, pattern=_URL)]


def _steps(text: str) -> str:
    """Raises ValueError for what is not `State:Event,State:Event`."""
    if not all(state and event for state, event in steps_of(text)):
        message = "must be of the form State:Event,State:Event"
        raise ValueError(message)
    return text


def _executor(name: object) -> object:
    """Raises ValueError for a class of WSO2's, which is what its `workflow-extensions.xml` names, with what to write instead."""
    text = str(name)
    if text.endswith("WSWorkflowExecutor"):
        message = (
            "asks a process over SOAP, which is not done here: write 'webhook', with the url of who decides over HTTPS"
        )
        raise ValueError(message)
    for ours in ("Simple", "Approval"):
        if text.endswith(f"{ours}WorkflowExecutor"):
            message = f"is the name of a class: write '{ours.lower()}'"
            raise ValueError(message)
    return name


class HookSecurity(Wire):
    """How a webhook knows that we are asking; `username` is the client's id for `oauth`, whose tokens are at `tokenUrl`."""

    type: Literal["none", "signature", "basic", "oauth"] = "none"
    username: Annotated[str, Field(max_length=255)] = ""
    tokenUrl: Url = ""
    secret: Annotated[str, Field(max_length=1_000)] = ""

    @model_validator(mode="after")
    def whole(self) -> HookSecurity:
        """Raises ValueError for what is missing, or has no meaning."""
        wanted = _PARTS[self.type]
        for part in ("username", "tokenUrl", "secret"):
            if bool(getattr(self, part)) is not (part in wanted):
                problem = f"needs a {part}" if part in wanted else f"has no {part}"
                message = f"security of type '{self.type}' {problem}"
                raise ValueError(message)
        if self.type == "signature":
            _check_key(self.secret)
        return self


_PARTS = {
    "none": (),
    "signature": ("secret",),
    "basic": ("username", "secret"),
    "oauth": ("username", "tokenUrl", "secret"),
}


def _check_key(secret: str) -> None:
    """Raises ValueError for a key that is short, or cannot be read."""
    if secret == HIDDEN:
        return
    try:
        length = len(key_of(secret))
    except ValueError:
        length = 0
    if length < KEY_BYTES_MIN:
        message = f"secret must be a key of {KEY_BYTES_MIN} bytes at least, as text, or as {SECRET_PREFIX} and base64"
        raise ValueError(message)


class WorkflowElement(Wire):
    """How requests of one kind are carried out: at once, or when somebody has approved them; `webhook` asks one who may.

    `url` and `security` are for `webhook` alone.
    """

    executor: Annotated[Literal["simple", "approval", "webhook"], BeforeValidator(_executor)] = "simple"
    url: Url = ""
    security: HookSecurity | None = None

    @model_validator(mode="after")
    def whole(self) -> WorkflowElement:
        """Raises ValueError for a webhook without an address, and for an address of something else."""
        if self.executor == WEBHOOK and not self.url:
            message = "a webhook needs a url"
            raise ValueError(message)
        if self.executor != WEBHOOK and (self.url or self.security):
            message = "only a webhook has a url and security"
            raise ValueError(message)
        return self

    @model_serializer(mode="wrap")
    def _told(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        document: dict[str, Any] = write(self)
        if self.executor == WEBHOOK:
            return document
        return {name: value for name, value in document.items() if name not in {"url", "security"}}


class SteppedElement(WorkflowElement):
    """The same, for steps of the life cycle. `stateList` says which steps wait; without one all do."""

    stateList: Annotated[str, Field(max_length=2_000), AfterValidator(_steps)] = ""


class WorkflowNotifications(Wire):
    """Who gets mail: `requester`, whoever asked, when it is decided; `approvers`, addresses, when something begins to wait."""

    requester: bool = False
    approvers: Annotated[list[MailAddress], Field(default_factory=list, max_length=APPROVERS_MAX)]


class WorkflowSection(Wire):
    """One element per kind, named as in WSO2's `workflow-extensions.xml`. What is left out is carried out at once."""

    ApplicationCreation: WorkflowElement = WorkflowElement()
    ApplicationUpdate: WorkflowElement = WorkflowElement()
    ApplicationDeletion: WorkflowElement = WorkflowElement()
    ProductionApplicationRegistration: WorkflowElement = WorkflowElement()
    SandboxApplicationRegistration: WorkflowElement = WorkflowElement()
    SubscriptionCreation: WorkflowElement = WorkflowElement()
    SubscriptionUpdate: WorkflowElement = WorkflowElement()
    SubscriptionDeletion: WorkflowElement = WorkflowElement()
    APIStateChange: SteppedElement = SteppedElement()
    APIProductStateChange: SteppedElement = SteppedElement()
    APIRevisionDeployment: WorkflowElement = WorkflowElement()
    UserSignUp: WorkflowElement = WorkflowElement()
    Notifications: WorkflowNotifications = WorkflowNotifications(approvers=[])
