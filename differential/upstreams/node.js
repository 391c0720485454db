// Node: `http`, routed by the WHATWG URL of the target, or by Express if EXPRESS names its folder.
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const http = require("http");

const log = fs.openSync(process.env.SEEN_LOG, "a");
const routed = process.env.EXPRESS ? express(process.env.EXPRESS) : whatwg;

function whatwg(request, then) {
  try {
    const path = new URL(request.url, "http://h").pathname;
    then(path, path === "/admin" || path.startsWith("/admin/") ? "admin" : "other");
  } catch {
    then(null, "other");
  }
}

function express(folder) {
  const app = require(folder)();
  const found = (route) => (request) => request.then_(request.path, route);
  app.all(["/admin", "/admin/*rest"], found("admin"));
  app.use(found("other"));
  return (request, then) => {
    request.then_ = then;
    app(request, request.response_, () => then(null, "other"));
  };
}

const server = http.createServer({ maxHeaderSize: 1 << 20, keepAliveTimeout: 3600e3 }, (request, response) => {
  const hash = crypto.createHash("sha256");
  let length = 0;
  request.on("data", (piece) => { hash.update(piece); length += piece.length; });
  request.on("end", () => {
    request.response_ = response;
    routed(request, (path, route) => {
      const fields = [];
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        fields.push([request.rawHeaders[at], request.rawHeaders[at + 1]]);
      const line = JSON.stringify({ method: request.method, target: request.url, path, route, fields,
        length, sha256: hash.digest("hex"), complete: request.complete }) + "\n";
      fs.writeSync(log, line);
      response.writeHead(200, { "content-type": "application/json", "x-seen": "1",
        "content-length": Buffer.byteLength(line) });
      response.end(line);
    });
  });
});
server.maxHeadersCount = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen(Number(process.argv[2]), "127.0.0.1");
