// Input [{reader: 'credential'|'jwt'|'sd-jwt', ...question}]; output the answers in the same order. One start of Node for
// many questions.
import {readCredential, readJwt, readSdJwt} from './readers.mjs';
import {printResult, readInput} from './stdin_json.mjs';

const readers = {credential: readCredential, jwt: readJwt, 'sd-jwt': readSdJwt};
const answers = [];
for(const {reader, ...question} of await readInput()) {
  answers.push(await readers[reader](question));
}
printResult(answers);
