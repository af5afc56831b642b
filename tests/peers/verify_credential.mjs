// One question of readCredential in readers.mjs, answered.
import {printResult, readInput} from './stdin_json.mjs';
import {readCredential} from './readers.mjs';

printResult(await readCredential(await readInput()));
