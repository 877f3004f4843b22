#!/bin/sh
# Makes the files of this folder with openssl 3: `sh make.sh`. Keys are thrown away, except key-*.der, which are only ever test data.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
p256="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

openssl req -x509 $p256 -keyout leaf.key -subj /CN=leaf.example.com -days 36500 \
    -addext subjectAltName=DNS:leaf.example.com,IP:192.0.2.1 -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=serverAuth -outform DER -out "$here/leaf.der" 2>/dev/null

# A CA with a CRL: 1001 lost its key, 1002 had its CA compromised at a date, 1003 says nothing.
openssl req -x509 $p256 -keyout ca.key -subj "/C=XX/O=Example/CN=Example CA" -days 36500 -out ca.pem 2>/dev/null
cat > index.txt <<EOF
R	21260101000000Z	260101000000Z,keyCompromise	1001	unknown	/CN=a.example
R	21260101000000Z	260102000000Z,CAkeyTime,20251224000000Z	1002	unknown	/CN=b.example
R	21260101000000Z	260103000000Z	1003	unknown	/CN=c.example
V	21260101000000Z		1004	unknown	/CN=d.example
EOF
sed -i 's/^\([RV]\)\t21260101000000Z/\1\t491231235959Z/' index.txt
echo 01 > crlnumber
cat > ca.cnf <<EOF
[ca]
default_ca = x
[x]
database = index.txt
crlnumber = crlnumber
default_md = sha256
crl_extensions = e
[e]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @idp
[idp]
fullname = URI:http://crl.example/a.crl
onlyuser = TRUE
EOF
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -crl_lastupdate 20260101000000Z -crl_nextupdate 20490101000000Z -out crl.pem 2>/dev/null
openssl crl -in crl.pem -outform DER -out "$here/revoked.crl"

# OCSP: a request after three certificates with a nonce, and its answer.
openssl ocsp -issuer ca.pem -sha256 -serial 0x1001 -serial 0x1004 -serial 0x1005 -reqout "$here/request.ocsp" >/dev/null 2>&1
openssl ocsp -index index.txt -rsigner ca.pem -rkey ca.key -CA ca.pem -reqin "$here/request.ocsp" -respout "$here/response.ocsp" -ndays 3650 >/dev/null 2>&1
printf '\060\003\012\001\003' > "$here/try_later.ocsp"

# Requests and keys.
openssl req -new $p256 -keyout csr.key -subj "/C=XX/CN=csr.example.com" \
    -addext subjectAltName=DNS:csr.example.com -outform DER -out "$here/request.csr" 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -outform DER -out "$here/key-p256.sec1"
openssl pkcs8 -topk8 -nocrypt -inform DER -in "$here/key-p256.sec1" -outform DER -out "$here/key-p256.p8"
openssl genpkey -algorithm ED25519 -out ed25519.key 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in ed25519.key -outform DER -out "$here/key-ed25519.p8"
openssl genrsa -traditional -out rsa.key 2048 2>/dev/null
openssl rsa -in rsa.key -traditional -outform DER -out "$here/key-rsa.pkcs1" 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in rsa.key -outform DER -out "$here/key-rsa.p8"
