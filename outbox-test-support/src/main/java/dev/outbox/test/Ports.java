package dev.outbox.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of this machine's loopback address. */
final class Ports {

    /** Below the ports that systems give to outgoing connections: a server that is down keeps its port. */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 100;

    private Ports() {}

    static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new ServerStartException("No free port between %d and %d.".formatted(FIRST, LAST));
    }

    static int orFree(int port) {
        return port == 0 ? free() : port;
    }

    static void requireFree(String server, int port) {
        if (!isFree(port)) {
            throw new ServerStartException(
                    "%s cannot listen on port %d: another program has taken it. Stop that program or choose another port."
                            .formatted(server, port));
        }
    }

    /** Asks for all addresses and for loopback, as some systems let a program take one beside the other. */
    static boolean isFree(int port) {
        return canBind(new InetSocketAddress(port))
                && canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static boolean canBind(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
