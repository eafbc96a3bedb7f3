package dev.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Passes TCP connections on to a server, and disturbs them on demand. Rules hold for the connections of now and of
 * later, until {@link #heal()}. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    /** Where bytes go. */
    public enum Direction {
        /** From the client to the server: requests. */
        TO_SERVER,
        /** From the server to the client: replies. */
        TO_CLIENT
    }

    static final String HOST = "127.0.0.1";

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Map<Direction, ProxyRule> rules = new EnumMap<>(Direction.class);
    private final Set<ProxiedConnection> connections = new HashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean refusing;
    private boolean closed;

    private TcpProxy(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
        for (Direction direction : Direction.values()) {
            rules.put(direction, new ProxyRule());
        }
    }

    /**
     * Starts a proxy on a free port of this machine. The server need not run yet; a connection that comes while it does
     * not run is reset.
     *
     * @throws UncheckedIOException if no port can be opened
     */
    public static TcpProxy to(String host, int port) {
        try {
            ServerSocket listener =
                    new ServerSocket(Ports.free(), 0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
            TcpProxy proxy = new TcpProxy(listener, new InetSocketAddress(host, port));
            proxy.run("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address for clients. */
    public String host() {
        return HOST;
    }

    /** The port for clients. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Keeps what goes in this direction until {@link #release(Direction)}, and then delivers it in order. */
    public void hold(Direction direction) {
        rule(direction).hold(true);
    }

    /** Delivers what was held, and what comes from now on. */
    public void release(Direction direction) {
        rule(direction).hold(false);
    }

    /** How many bytes in this direction the proxy has read and not yet delivered, because of a hold or a delay. */
    public long held(Direction direction) {
        return rule(direction).kept();
    }

    /** Delivers what is sent from now on so much later, in this direction. Zero ends it. */
    public void delay(Direction direction, Duration delay) {
        rule(direction).delay(delay);
    }

    /** Aborts all open connections: both sides get a TCP reset, held bytes are lost. */
    public void reset() {
        List<ProxiedConnection> open;
        synchronized (this) {
            open = List.copyOf(connections);
        }
        open.forEach(ProxiedConnection::abort);
    }

    /** Resets new connections at once. Open ones stay. */
    public synchronized void refuse() {
        refusing = true;
    }

    /** Ends holding, delaying and refusing. */
    public void heal() {
        synchronized (this) {
            refusing = false;
        }
        for (Direction direction : Direction.values()) {
            delay(direction, Duration.ZERO);
            release(direction);
        }
    }

    /** Resets all connections, frees the port, and returns when no thread is left. Does nothing the second time. */
    @Override
    public void close() {
        List<Thread> running;
        synchronized (this) {
            closed = true;
            running = List.copyOf(threads);
        }
        try {
            listener.close();
            reset();
            for (Thread thread : running) {
                thread.join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (true) {
            try {
                admit(new ProxiedConnection(listener.accept(), target));
            } catch (IOException e) {
                return;
            }
        }
    }

    private synchronized void admit(ProxiedConnection connection) {
        if (refusing || closed) {
            connection.abort();
            return;
        }
        connections.add(connection);
        for (Direction direction : Direction.values()) {
            run(direction.name(), () -> {
                connection.pass(direction, rule(direction));
                forget(connection);
            });
        }
    }

    private synchronized void forget(ProxiedConnection connection) {
        if (connection.isOver()) {
            connections.remove(connection);
        }
    }

    private synchronized void run(String step, Runnable task) {
        threads.removeIf(thread -> !thread.isAlive());
        Thread thread = new Thread(task, "tcp-proxy-" + port() + "-" + step);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    private ProxyRule rule(Direction direction) {
        return Objects.requireNonNull(rules.get(direction));
    }
}
