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

# Every extension that has a slot; a certificate that nobody could use.
cat > all.cnf <<EOF
[e]
basicConstraints = critical, CA:TRUE, pathlen:2
keyUsage = critical, digitalSignature, keyCertSign, cRLSign, decipherOnly
extendedKeyUsage = serverAuth, clientAuth, 1.3.6.1.4.1.99999.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid, issuer:always
subjectAltName = DNS:all.example.com, DNS:*.example.com, IP:192.0.2.1, IP:2001:db8::1, email:a@example.com, URI:https://example.com/, RID:1.2.3.4, dirName:d, otherName:1.3.6.1.5.5.7.8.9;UTF8:j\xc3\xbcrgen@example.com, otherName:1.3.6.1.5.5.7.8.7;IA5:_imap.example.com
issuerAltName = URI:https://issuer.example/
nameConstraints = critical, permitted;DNS:example.com, permitted;IP:192.0.2.0/255.255.255.0, excluded;email:.example.org, excluded;dirName:d
certificatePolicies = 1.2.3.4, @p
policyMappings = 1.2.3.4:1.2.3.5
policyConstraints = critical, requireExplicitPolicy:1, inhibitPolicyMapping:0
inhibitAnyPolicy = critical, 2
crlDistributionPoints = c
freshestCRL = URI:http://crl.example/delta.crl
authorityInfoAccess = OCSP;URI:http://ocsp.example/, caIssuers;URI:http://ca.example/ca.cer
subjectInfoAccess = caRepository;URI:http://ca.example/
tlsfeature = status_request, status_request_v2
noCheck = ignored
1.3.6.1.4.1.11129.2.4.3 = critical, DER:0500
1.3.6.1.4.1.44363.44 = DER:0500
2.5.29.56 = DER:0500
2.5.29.16 = DER:3022800f32303236303130313030303030305a810f32303237303130313030303030305a
1.3.6.1.5.5.7.1.31 = critical, DER:0420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
2.5.29.9 = ASN1:SEQUENCE:sda
1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:qc
1.3.6.1.4.1.99999.2 = DER:0c0474657874
[d]
C = XX
O = Example
[p]
policyIdentifier = 1.2.3.5
CPS.1 = https://example.com/cps
userNotice.1 = @n
[n]
explicitText = UTF8:Read this
organization = Example
noticeNumbers = 1, 2
[c]
fullname = URI:http://crl.example/a.crl, dirName:d
reasons = keyCompromise, CACompromise
CRLissuer = dirName:d
[sda]
one = SEQUENCE:citizenship
[citizenship]
type = OID:1.3.6.1.5.5.7.9.4
values = SET:country
[country]
value = PRINTABLESTRING:XX
[qc]
compliance = SEQUENCE:qc_compliance
[qc_compliance]
id = OID:0.4.0.1862.1.1
EOF
sed -i 's/^noCheck = ignored$/1.3.6.1.5.5.7.48.1.5 = DER:0500/' all.cnf
printf '\n[req]\ndistinguished_name = d\n' >> all.cnf
openssl req -x509 $p256 -keyout all.key -config all.cnf -extensions e -set_serial 0x00d1d2d3d4 -days 36500 \
    -subj "/C=XX/ST=Somewhere/O=Example, Inc./OU=One+CN=all.example.com/emailAddress=a@example.com" -outform DER -out "$here/everything.der"

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
