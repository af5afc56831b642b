// A wallet that speaks OpenID4VCI 1.0 (@openid4vc/openid4vci) collects a badge over HTTP.
// Input {offer, configuration, holder: 'did:key'|'did:jwk'|'jwk', txCode?, wrongTxCode?, notify?};
// output {holder, format, credential, again, notified, replay, wrongTxCode}, where the last two are refusals.
import {createHash, randomBytes} from 'node:crypto';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {CompactSign, exportJWK, generateKeyPair} from 'jose';
import {HashAlgorithm, clientAuthenticationAnonymous, setGlobalConfig} from '@openid4vc/oauth2';
import {Openid4vciClient} from '@openid4vc/openid4vci';
import {printResult, readInput} from './stdin_json.mjs';

// The tool under test runs on this very machine, without TLS.
setGlobalConfig({allowInsecureUrls: true});

const text = new TextEncoder();

/** {did, signer, sign(bytes) -> bytes}: `signer` says how the proof names the key. */
async function makeHolder(method) {
  if(method === 'did:key') {
    const pair = await Ed25519Multikey.generate();
    const did = `did:key:${pair.publicKeyMultibase}`;
    return {
      did,
      signer: {method: 'did', didUrl: `${did}#${pair.publicKeyMultibase}`, alg: 'EdDSA'},
      compact: async (header, payload) => {
        const input = [header, payload].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
        const signature = await pair.signer().sign({data: text.encode(input)});
        return `${input}.${Buffer.from(signature).toString('base64url')}`;
      }
    };
  }
  const {publicKey, privateKey} = await generateKeyPair('ES256', {extractable: true});
  const {kty, crv, x, y} = await exportJWK(publicKey);
  const jwk = {crv, kty, x, y};
  const did = `did:jwk:${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`;
  return {
    did,
    signer: method === 'jwk' ?
      {method: 'jwk', publicJwk: jwk, alg: 'ES256'} : {method: 'did', didUrl: `${did}#0`, alg: 'ES256'},
    compact: (header, payload) => new CompactSign(text.encode(JSON.stringify(payload)))
      .setProtectedHeader(header).sign(privateKey)
  };
}

/** The refusal's own words ({error, status}), or null where the step went through. */
async function refusalOf(step) {
  try {
    await step();
    return null;
  } catch(error) {
    const response = error.errorResponse ?? error.response?.credentialErrorResponseResult?.data;
    return {name: error.constructor.name, error: response?.error ?? null};
  }
}

const question = await readInput();
const holder = await makeHolder(question.holder);
const unused = name => () => {
  throw new Error(`${name} is not needed in this flow`);
};
const client = new Openid4vciClient({
  callbacks: {
    fetch,
    hash: (data, algorithm) => createHash(algorithm === HashAlgorithm.Sha256 ? 'sha256' : algorithm).update(data).digest(),
    generateRandom: length => randomBytes(length),
    clientAuthentication: clientAuthenticationAnonymous(),
    signJwt: async (_signer, {header, payload}) => ({jwt: await holder.compact(header, payload), signerJwk: undefined}),
    verifyJwt: unused('verifyJwt'),
    decryptJwe: unused('decryptJwe'),
    encryptJwe: unused('encryptJwe')
  }
});

const credentialOffer = await client.resolveCredentialOffer(question.offer);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
const askForToken = txCode => client.retrievePreAuthorizedCodeAccessTokenFromOffer({credentialOffer, issuerMetadata, txCode});

const wrongTxCode = question.wrongTxCode ? await refusalOf(() => askForToken(question.wrongTxCode)) : null;
const {accessTokenResponse} = await askForToken(question.txCode);
const accessToken = accessTokenResponse.access_token;
const replay = await refusalOf(() => askForToken(question.txCode));

async function collect() {
  const {c_nonce: nonce} = await client.requestNonce({issuerMetadata});
  const {jwt} = await client.createCredentialRequestJwtProof({
    issuerMetadata, nonce, signer: holder.signer, credentialConfigurationId: question.configuration
  });
  const {credentialResponse} = await client.retrieveCredentials({
    issuerMetadata, accessToken, credentialConfigurationId: question.configuration, proofs: {jwt: [jwt]}
  });
  return credentialResponse;
}

const first = await collect();
const second = await collect();
let notified = false;
if(question.notify) {
  const notification = {notificationId: first.notification_id, event: question.notify};
  await client.sendNotification({issuerMetadata, accessToken, notification});
  notified = true;
}
printResult({
  holder: holder.did,
  format: issuerMetadata.credentialIssuer.credential_configurations_supported[question.configuration].format,
  credential: first.credentials[0].credential,
  again: JSON.stringify(second) === JSON.stringify(first),
  notified,
  replay,
  wrongTxCode
});
