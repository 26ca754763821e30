"""The client of openapi-python-client, called. What it answers is typed, and mypy compares the
types: a member that is not described is an error.
"""

import os

from generated.mailproof_client import AuthenticatedClient
from generated.mailproof_client.api.verification import (
    email_verification_status,
    request_email_verification,
    verify_email,
)
from generated.mailproof_client.models import (
    DeliveryState,
    FieldName,
    RequestedVerification,
    Status,
    ThrottledError,
    UnauthorizedError,
    Verification,
    VerificationRequest,
    VerificationRequestError,
    VerificationRequestErrorCode,
    VerifiedEmail,
)
from stack import eventually, new_address, newest_code

url = os.environ["MAILPROOF_URL"]
client = AuthenticatedClient(
    base_url=url,
    token=os.environ["MAILPROOF_KEY"],
    headers={"Prefer": "return=representation"},
)

# A request leaves out what is not set: an explicit null would be refused.
email = new_address()
requested = request_email_verification.sync(
    client=client, body=VerificationRequest(email=email, first_name="Ada")
)
assert isinstance(requested, RequestedVerification), requested
assert requested.email == email

# A null is sent where the description accepts one.
uuid = str(requested.uuid)
verified = verify_email.sync(
    client=client, body=Verification(uuid=uuid, code=newest_code(email), token=None)
)
assert isinstance(verified, VerifiedEmail), verified
assert verified.email == email
assert verified.verified_at < requested.expires_at

found = eventually(
    lambda: email_verification_status.sync(client=client, uuid=uuid),
    lambda found: isinstance(found, Status)
    and found.delivery is not None
    and found.delivery.state == DeliveryState.DELIVERED,
)
assert isinstance(found, Status), found
assert found.verified_at == verified.verified_at
assert found.delivery is not None and found.delivery.state == DeliveryState.DELIVERED
assert found.suppressed is None

refused = request_email_verification.sync_detailed(
    client=client, body=VerificationRequest(email=email, first_name="evil.com")
)
assert refused.status_code == 400
assert isinstance(refused.parsed, VerificationRequestError), refused
assert refused.parsed.code == VerificationRequestErrorCode.INVALID_URL
assert refused.parsed.attr == FieldName.FIRST_NAME

stranger = AuthenticatedClient(base_url=url, token="evk_wrong")
unauthorized = request_email_verification.sync(
    client=stranger, body=VerificationRequest(email=email)
)
assert isinstance(unauthorized, UnauthorizedError), unauthorized
assert unauthorized.code == "authentication_failed"

busy = VerificationRequest(email=new_address())
for _ in range(6):
    request_email_verification.sync(client=client, body=busy)
throttled = request_email_verification.sync_detailed(client=client, body=busy)
assert isinstance(throttled.parsed, ThrottledError), throttled
assert throttled.status_code == 429
assert int(throttled.headers["Retry-After"]) > 0

print("openapi-python-client: success, 400, 401 and 429")
