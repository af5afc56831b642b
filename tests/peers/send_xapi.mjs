// Input {endpoint, user, password, version, statements}; output {status, ids, version} or {status, error}.
import XAPI from '@xapi/xapi';
import {printResult, readInput} from './stdin_json.mjs';

const {endpoint, user, password, version, statements} = await readInput();
const xapi = new XAPI({endpoint, auth: XAPI.toBasicAuth(user, password), version});
try {
  const about = await xapi.getAbout();
  const sent = statements.length === 1
    ? await xapi.sendStatement({statement: statements[0]})
    : await xapi.sendStatements({statements});
  printResult({status: sent.status ?? sent.response?.status, ids: sent.data, versions: about.data.version});
} catch(error) {
  printResult({status: error.response?.status ?? error.status ?? 0, error: String(error.message ?? error)});
}
