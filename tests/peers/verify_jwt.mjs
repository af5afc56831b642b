// One question of readJwt in readers.mjs, answered.
import {printResult, readInput} from './stdin_json.mjs';
import {readJwt} from './readers.mjs';

printResult(await readJwt(await readInput()));
