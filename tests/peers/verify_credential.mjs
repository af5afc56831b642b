// Input {credential, documents, now?}; output {verified, errors, status: [{index, purpose, set, verified, errors}]}.
// @digitalbazaar/vc calls a revoked badge verified: who asks has to look at `status` as well.
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {messagesOf, printResult, readInput} from './stdin_json.mjs';
import {offlineLoader} from './offline_loader.mjs';

const {credential, documents, now} = await readInput();
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

printResult({
  verified: result.verified,
  errors: messagesOf(result.error),
  status: (statusResult.results ?? []).map(entry => ({
    index: entry.credentialStatus?.statusListIndex,
    purpose: entry.credentialStatus?.statusPurpose,
    set: entry.status
  })),
  statusVerified: statusResult.verified ?? null,
  statusErrors: messagesOf(statusResult.error)
});
