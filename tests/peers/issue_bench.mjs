// A long-lived issuer to measure against. The first line on standard input is {documents}; every further line is a
// list of unsigned credentials, answered by {seconds, last} once all of them are signed.
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {createInterface} from 'node:readline';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {offlineLoader} from './offline_loader.mjs';

let documentLoader;
const keyPair = await Ed25519Multikey.generate();
keyPair.controller = `did:key:${keyPair.publicKeyMultibase}`;
keyPair.id = `${keyPair.controller}#${keyPair.publicKeyMultibase}`;

for await (const line of createInterface({input: process.stdin})) {
  const message = JSON.parse(line);
  if(!documentLoader) {
    documentLoader = offlineLoader(message.documents);
    process.stdout.write(`${JSON.stringify({ready: true, issuer: keyPair.controller})}\n`);
    continue;
  }
  let last;
  const started = process.hrtime.bigint();
  for(const credential of message) {
    const suite = new DataIntegrityProof({signer: keyPair.signer(), cryptosuite});
    last = await vc.issue({credential, suite, documentLoader});
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  process.stdout.write(`${JSON.stringify({seconds, last})}\n`);
}
