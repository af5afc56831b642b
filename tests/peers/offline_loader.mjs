// A JSON-LD document loader that knows what it was given and nothing else: no peer reaches the network.
import * as vc from '@digitalbazaar/vc';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';

/** `documents` maps addresses (context URLs, DIDs, list URLs) to JSON documents. */
export function offlineLoader(documents) {
  return async url => {
    const [base, fragment] = url.split('#');
    const whole = documents[url] ?? documents[base];
    if(whole === undefined) {
      // The credentials contexts come from the peer's own package; it refuses everything else.
      return vc.defaultDocumentLoader(url);
    }
    const method = fragment && (whole.verificationMethod ?? []).find(({id}) => id === url);
    return {contextUrl: null, documentUrl: url, document: method ? {'@context': MULTIKEY, ...method} : whole};
  };
}
