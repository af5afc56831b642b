"""One verb a module, against ports. No Flask, no SQL, no network library."""
