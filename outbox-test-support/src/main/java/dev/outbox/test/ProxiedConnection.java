package dev.outbox.test;

import dev.outbox.test.TcpProxy.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One connection through a proxy: a socket for each side. Thread-safe. */
final class ProxiedConnection {

    private static final int CHUNK = 64 * 1024;
    private static final int CONNECT_MILLIS = 5_000;

    private final Socket client;
    private final Socket server = new Socket();
    private final InetSocketAddress target;

    ProxiedConnection(Socket client, InetSocketAddress target) {
        this.client = client;
        this.target = target;
    }

    /** Copies one direction until its end. Each direction has a thread of its own. */
    void pass(Direction direction, ProxyRule rule) {
        try {
            connect();
            if (direction == Direction.TO_SERVER) {
                copy(client, server, rule);
            } else {
                copy(server, client, rule);
            }
        } catch (IOException e) {
            abort();
        }
    }

    boolean isOver() {
        return client.isClosed() && server.isClosed();
    }

    /** Closes both sides with a reset instead of an orderly end. */
    void abort() {
        abort(client);
        abort(server);
    }

    private synchronized void connect() throws IOException {
        if (!server.isConnected()) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target, CONNECT_MILLIS);
        }
    }

    private void copy(Socket from, Socket to, ProxyRule rule) throws IOException {
        byte[] chunk = new byte[CHUNK];
        int length = from.getInputStream().read(chunk);
        while (length >= 0) {
            rule.keep(length, () -> !from.isClosed());
            to.getOutputStream().write(chunk, 0, length);
            length = from.getInputStream().read(chunk);
        }
        endOf(from, to);
    }

    /** The other direction may still have something to deliver. */
    private synchronized void endOf(Socket from, Socket to) throws IOException {
        to.shutdownOutput();
        if (from.isOutputShutdown()) {
            from.close();
            to.close();
        }
    }

    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // closed already
        }
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left to be closed
        }
    }
}
