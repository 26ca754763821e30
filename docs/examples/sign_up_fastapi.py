"""Sign-up with FastAPI, by the code of the email. Needs mailproof.py beside it, and
`pip install fastapi uvicorn itsdangerous`. SESSION_SECRET is made by `openssl rand -hex 32`.

    uvicorn sign_up_fastapi:app
"""

import os
import uuid

from fastapi import Body, FastAPI, Header, Request
from fastapi.responses import PlainTextResponse
from starlette.middleware.sessions import SessionMiddleware

from mailproof import Refused, message_for, request_verification, verify_email

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=os.environ["SESSION_SECRET"])


@app.post("/sign_up")
def sign_up(request: Request, email: str = Body(embed=True), accept_language: str = Header("")):
    user = request.session.setdefault("uuid", str(uuid.uuid4()))  # store it with your user
    return request_verification(email, user, accept_language)["email"]


@app.post("/verify")
def verify(request: Request, code: str = Body(embed=True)):
    if "uuid" not in request.session:
        return PlainTextResponse("Please enter your email address first.", 400)
    return verify_email(request.session["uuid"], code=code)["email"]  # store it as verified


@app.exception_handler(Refused)
def refused(_request, error):
    status = error.status if error.status in (400, 429) else 503
    return PlainTextResponse(message_for(error), status)
