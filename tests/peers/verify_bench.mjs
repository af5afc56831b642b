// A long-lived verifier to measure against. The first line on standard input is {documents}; every further line is a
// list of signed credentials, answered by {seconds, verified} once all of them are checked. Their status is not asked.
import * as vc from '@digitalbazaar/vc';
import {createInterface} from 'node:readline';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {offlineLoader} from './offline_loader.mjs';

let documentLoader;

for await (const line of createInterface({input: process.stdin})) {
  const message = JSON.parse(line);
  if(!documentLoader) {
    documentLoader = offlineLoader(message.documents);
    process.stdout.write(`${JSON.stringify({ready: true})}\n`);
    continue;
  }
  let verified = 0;
  const started = process.hrtime.bigint();
  for(const credential of message.credentials) {
    const suite = new DataIntegrityProof({cryptosuite});
    const result = await vc.verifyCredential({credential, suite, documentLoader, now: new Date(message.now)});
    verified += result.verified ? 1 : 0;
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  process.stdout.write(`${JSON.stringify({seconds, verified})}\n`);
}
