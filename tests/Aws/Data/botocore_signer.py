"""Signs requests with botocore, for the tests of SigV4. Writes JSON to standard output.

botocore_signer.py random SEED COUNT    requests of every shape that a client may send
botocore_signer.py suite                the cases of AWS's published suite, as in sigv4-vectors.json
"""
import base64
import datetime
import json
import random
import sys
import types
from urllib.parse import quote

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SUITE_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SUITE_TOKEN = ("AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YU"
               "uwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==")
now = datetime.datetime(2015, 8, 30, 12, 36, 0)


class Standing(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return now


# the module that botocore.auth knows as datetime, with a clock that stands
botocore.auth.datetime = types.SimpleNamespace(
    datetime=Standing, timezone=datetime.timezone, timedelta=datetime.timedelta)
if hasattr(botocore.auth, "get_current_datetime"):
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: now


class Seen:
    """Keeps the texts that the signer computed."""

    def canonical_request(self, request):
        self.canonical = super().canonical_request(request)
        return self.canonical

    def string_to_sign(self, request, canonical_request):
        self.text = super().string_to_sign(request, canonical_request)
        return self.text


class Header(Seen, botocore.auth.SigV4Auth):
    pass


class Query(Seen, botocore.auth.SigV4QueryAuth):
    pass


def sign(name, method, host, path, query, headers, body, key, secret, token, region, service, expires=None, late_token=None):
    url = f"https://{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body)
    for header, value in headers:
        request.headers.add_header(header, value)
    credentials = Credentials(key, secret, token)
    signer = Header(credentials, service, region) if expires is None else Query(credentials, service, region, expires)
    signer.add_auth(request)
    signed = request.url.split("/", 3)[3]
    sent = [("Host", host)] + [(n, v) for n, v in request.headers.items() if n.lower() != "host"]
    if late_token:
        sent.append(("X-Amz-Security-Token", late_token))
    raw = request.body or b""
    raw = raw.encode() if isinstance(raw, str) else bytes(raw)
    vector = {
        "name": name, "method": method, "path": "/" + signed.partition("?")[0], "query": signed.partition("?")[2],
        "headers": sent,
    }
    try:
        vector["body"] = raw.decode("ascii")
    except UnicodeDecodeError:
        vector["body64"] = base64.b64encode(raw).decode()
    vector.update({
        "service": service, "region": region, "presigned": expires is not None,
        "canonicalRequest": signer.canonical, "stringToSign": signer.text,
    })
    return vector


def suite():
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    utf8 = quote("\u1234", safe="")
    cases = [
        ("get-vanilla-query-order-key", "GET", "/", "Param1=value2&Param1=Value1", [], b""),
        ("get-vanilla-query-order-value", "GET", "/", "Param1=value2&Param1=value1", [], b""),
        ("get-vanilla-query-order-key-case", "GET", "/", "Param2=value2&Param1=value1", [], b""),
        ("get-vanilla-query-order-encoded", "GET", "/", f"Param-3=Value3&Param=Value2&{utf8}=Value1", [], b""),
        ("get-vanilla-empty-query-key", "GET", "/", "Param1=value1", [], b""),
        ("get-vanilla-query-unreserved", "GET", "/", f"{unreserved}={unreserved}", [], b""),
        ("get-vanilla-utf8-query", "GET", "/", f"{utf8}=bar", [], b""),
        ("get-utf8", "GET", "/\u1234", "", [], b""),
        ("get-header-value-order", "GET", "/", "", [("My-Header1", v) for v in ("value4", "value1", "value3", "value2")], b""),
        ("get-header-value-multiline", "GET", "/", "", [("My-Header1", "value1\n  value2\n     value3")], b""),
        ("get-header-value-trim", "GET", "/", "", [("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')], b""),
        ("get-space", "GET", "/example space/", "", [], b""),
        ("get-slashes", "GET", "//example//", "", [], b""),
        ("post-vanilla-query", "POST", "/", "Param1=value1", [], b""),
        ("post-header-key-sort", "POST", "/", "", [("My-Header1", "value1")], b""),
        ("post-header-value-case", "POST", "/", "", [("My-Header1", "VALUE1")], b""),
        ("post-x-www-form-urlencoded", "POST", "/", "", form, b"Param1=value1"),
        ("post-x-www-form-urlencoded-parameters", "POST", "/", "",
         [("Content-Type", "application/x-www-form-urlencoded; charset=utf8")], b"Param1=value1"),
    ]
    host, key, scope = "example.amazonaws.com", "AKIDEXAMPLE", ("us-east-1", "service")
    for name, method, path, query, headers, body in cases:
        yield sign(name, method, host, path, query, headers, body, key, SUITE_SECRET, None, *scope)
    yield sign("post-sts-header-before", "POST", host, "/", "", [], b"", key, SUITE_SECRET, SUITE_TOKEN, *scope)
    yield sign("post-sts-header-after", "POST", host, "/", "", [], b"", key, SUITE_SECRET, None, *scope, late_token=SUITE_TOKEN)
    yield sign("presign-sts-token", "GET", host, "/", "Param1=value1", [], b"", key, SUITE_SECRET, SUITE_TOKEN, *scope, expires=60)


TEXTS = ["a", "Z9", "value", "-._~", "a b", "a+b", "a&b=c", "100%", "%zz", "caf\u00e9", "\u1234\u4e2d", "\U0001f642", "/", "a/b", ";,:@", "*'()!", '"<>\\', ""]
SEGMENTS = ["a", "B2", ".", "..", "", "a%20b", "%2e%2e", "~x", "x:y@z", "%E1%88%B4", "arn:aws:iam::1:role", "a+b", "a=b;c", "%2F", "(x)*!'"]
NAMES = ["Action", "Version", "a", "A", "a-b", "a.b", "Filter.member.1", "caf\u00e9", "x y", "~", "X-Amz-Meta"]
HEADERS = ["X-Amz-Target", "X-Amz-Meta-One", "My-Header", "Content-Type", "Amz-Sdk-Request", "x-lower", "Accept"]


def some(rng, least, most, make):
    return [make() for _ in range(rng.randint(least, most))]


def a_text(rng):
    return "".join(some(rng, 0, 4, lambda: rng.choice(TEXTS)))


def a_value(rng):
    words = some(rng, 0, 4, lambda: "".join(some(rng, 1, 8, lambda: chr(rng.randint(33, 126)))))
    return rng.choice(["", " ", "\t"]) + rng.choice([" ", "  ", "\t", " \t "]).join(words) + rng.choice(["", "  "])


def a_body(rng):
    return rng.choice([
        lambda: b"",
        lambda: json.dumps({"Name": a_text(rng), "n": rng.randint(0, 9)}).encode(),
        lambda: ("Action=GetUser&UserName=" + quote(a_text(rng))).encode(),
        lambda: rng.randbytes(rng.randint(1, 300)),
    ])()


def randoms(seed, count):
    global now
    rng = random.Random(seed)
    for number in range(count):
        now = datetime.datetime(2024, 1, 1) + datetime.timedelta(seconds=rng.randint(0, 10 ** 8))
        method = rng.choice(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"])
        path = "/" + "/".join(some(rng, 0, 5, lambda: rng.choice(SEGMENTS)))
        query = "&".join(some(rng, 0, 5, lambda: quote(rng.choice(NAMES), safe="-_.~") + "=" + quote(a_text(rng), safe="-_.~")))
        chosen = rng.sample(HEADERS, rng.randint(0, 4))
        headers = [(name, value) for name in chosen
                   for value in some(rng, 1, 1 if name in ("X-Amz-Target", "Content-Type") else 3, lambda: a_value(rng))]
        presigned = rng.random() < 0.25
        body = b"" if method in ("GET", "HEAD") or presigned else a_body(rng)
        host = rng.choice(["127.0.0.1:8470", "ssm.us-east-1.amazonaws.com", "[::1]:9", "casement.example"])
        token = rng.choice([None, None, base64.b64encode(rng.randbytes(60)).decode()])
        secret = base64.b64encode(rng.randbytes(30)).decode()
        region = rng.choice(["us-east-1", "eu-central-2", "us-gov-west-1", "ap-southeast-12"])
        service = rng.choice(["ssm", "iam", "sts", "ec2messages", "sns"])
        expires = rng.randint(1, 604800) if presigned else None
        vector = sign(f"random-{number}", method, host, path, query, headers, body, f"AKIA{number:016d}", secret, token, region, service, expires)
        vector["secretAccessKey"] = secret
        yield vector


if sys.argv[1] == "suite":
    found = list(suite())
else:
    found = list(randoms(int(sys.argv[2]), int(sys.argv[3])))
json.dump({"signer": f"botocore {botocore.__version__}", "vectors": found}, sys.stdout)
