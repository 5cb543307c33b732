// externalHIT_v1.js: what it defines, every page has here already.
