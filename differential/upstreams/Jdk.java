// The JDK's own HttpServer, routed by the path that its URI shows.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

public class Jdk {
    static FileOutputStream log;

    static String quoted(String text) {
        if (text == null) return "null";
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\' || c < 0x20 || c > 0x7e) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }

    static void seen(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        StringBuilder fields = new StringBuilder();
        exchange.getRequestHeaders().forEach((name, values) -> {
            for (String value : values) {
                if (fields.length() > 0) fields.append(',');
                fields.append('[').append(quoted(name)).append(',').append(quoted(value)).append(']');
            }
        });
        String hash;
        try {
            StringBuilder hex = new StringBuilder();
            for (byte b : MessageDigest.getInstance("SHA-256").digest(body)) hex.append(String.format("%02x", b));
            hash = hex.toString();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
        String path = exchange.getRequestURI().getPath();
        // A context takes every path that begins with its text, `/administration` too: that is another path.
        boolean admin = path != null && (path.equals("/admin") || path.startsWith("/admin/"));
        String line = "{\"method\":" + quoted(exchange.getRequestMethod())
            + ",\"target\":" + quoted(exchange.getRequestURI().toString())
            + ",\"path\":" + quoted(path)
            + ",\"route\":" + quoted(admin ? "admin" : "other")
            + ",\"fields\":[" + fields + "],\"length\":" + body.length
            + ",\"sha256\":\"" + hash + "\",\"complete\":true}\n";
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        log.write(bytes);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.getResponseHeaders().set("x-seen", "1");
        boolean bare = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, bare ? -1 : bytes.length);
        if (!bare) exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    public static void main(String[] args) throws IOException {
        log = new FileOutputStream(args[1], true);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
        server.createContext("/", Jdk::seen);
        server.start();
    }
}
