# Signs a grant for a room, for an hour: python3 grant.py grants.json lobby
import base64, hashlib, hmac, json, sys, time

file, room = sys.argv[1:]
grants = json.load(open(file))
key = grants["keys"][0]


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


now = int(time.time())
header = {"alg": "HS256", "typ": "room-grant+jwt", "kid": key["kid"]}
claims = {"aud": grants["audience"], "iat": now, "exp": now + 3600, "name": "Zoë"}
claims |= {"rooms": [room], "roles": ["participant"], "origins": key["origins"]}
text = encode(json.dumps(header).encode()) + b"." + encode(json.dumps(claims).encode())
signature = hmac.new(key["secret"].encode(), text, hashlib.sha256).digest()
print((text + b"." + encode(signature)).decode())
