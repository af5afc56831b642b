// Input {token, jwk}; output {verified, header, payload} or {verified: false, error}.
import {compactVerify, importJWK} from 'jose';
import {printResult, readInput} from './stdin_json.mjs';

const {token, jwk} = await readInput();
try {
  const key = await importJWK(jwk, jwk.alg);
  const {payload, protectedHeader} = await compactVerify(token, key, {algorithms: [jwk.alg]});
  printResult({verified: true, header: protectedHeader, payload: JSON.parse(new TextDecoder().decode(payload))});
} catch(error) {
  printResult({verified: false, error: error.code ?? error.message});
}
