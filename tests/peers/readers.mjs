// The readers that nobody here wrote, each as a function of one question. Used one by one, and by read_many.mjs.
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {SDJwtInstance} from '@sd-jwt/core';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {compactVerify, importJWK} from 'jose';
import {createHash} from 'node:crypto';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {messagesOf} from './stdin_json.mjs';
import {offlineLoader} from './offline_loader.mjs';

/** {credential, documents, now?} -> {verified, errors, status: [{index, purpose, set}], statusVerified, statusErrors}.
 * @digitalbazaar/vc calls a revoked badge verified: who asks has to look at `status` as well. */
export async function readCredential({credential, documents, now}) {
  const documentLoader = offlineLoader(documents);
  const suite = [ecdsa, eddsa].map(cryptosuite => new DataIntegrityProof({cryptosuite}));
  let statusResult = {results: []};
  const result = await vc.verifyCredential({
    credential,
    suite,
    documentLoader,
    now: now ? new Date(now) : new Date(),
    checkStatus: async options => {
      statusResult = await checkStatus(options);
      return statusResult;
    }
  });
  return {
    verified: result.verified,
    errors: messagesOf(result.error),
    status: (statusResult.results ?? []).map(entry => ({
      index: entry.credentialStatus?.statusListIndex,
      purpose: entry.credentialStatus?.statusPurpose,
      set: entry.status
    })),
    statusVerified: statusResult.verified ?? null,
    statusErrors: messagesOf(statusResult.error)
  };
}

/** {token, jwk} -> {verified, header, payload} or {verified: false, error}. */
export async function readJwt({token, jwk}) {
  try {
    const key = await importJWK(jwk, jwk.alg);
    const {payload, protectedHeader} = await compactVerify(token, key, {algorithms: [jwk.alg]});
    return {verified: true, header: protectedHeader, payload: JSON.parse(new TextDecoder().decode(payload))};
  } catch(error) {
    return {verified: false, error: error.code ?? error.message};
  }
}

/** {token, jwk, show?} -> {verified, payload} or {verified: false, error}. `show`: the members that its holder discloses
 * of it first, as @sd-jwt/core names them in a presentation frame; all without it. */
export async function readSdJwt({token, jwk, show}) {
  const key = await crypto.subtle.importKey('jwk', {...jwk, key_ops: ['verify']}, {name: 'ECDSA', namedCurve: 'P-256'}, true, ['verify']);
  const instance = new SDJwtInstance({
    hasher: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    verifier: (data, signature) => crypto.subtle.verify(
      {name: 'ECDSA', hash: 'SHA-256'}, key, Buffer.from(signature, 'base64url'), Buffer.from(data))
  });
  try {
    const presented = show ? await instance.present(token, show) : token;
    const {payload} = await instance.verify(presented);
    return {verified: true, payload, presented};
  } catch(error) {
    return {verified: false, error: error.message};
  }
}
