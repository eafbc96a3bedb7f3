package dev.outbox.test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A real Redis server that tests can kill, pause, stop and restart. It keeps its address over that, and its contents only if it has a directory and is
 * stopped in order.
 *
 * <p>A server that nobody closes ends when this JVM is gone. Thread-safe.
 */
public final class RedisServer implements AutoCloseable {

    static final String NAME = "Redis";
    private static final int PORT_IN_CONTAINER = 6379;
    private static final int TIMEOUT_MILLIS = 2_000;

    private final Backend backend;
    private final RunningServer server;

    private RedisServer(Backend backend, RunningServer server) {
        this.backend = backend;
        this.server = server;
    }

    /**
     * Starts a server that keeps nothing, on a free port.
     *
     * @throws ServerStartException if it does not start
     */
    public static RedisServer start() {
        return start(RedisOptions.temporary());
    }

    /**
     * Starts a server and returns when it takes commands. A server that an earlier, killed JVM has left behind in the same directory is ended first.
     *
     * @throws ServerStartException if it does not start: the port is taken, the directory cannot be written or is in use, there is no program for this
     *     machine or it lacks a library, or the server itself failed
     */
    public static RedisServer start(RedisOptions options) {
        Backend backend = ServerMode.current() == ServerMode.DOCKER ? inDocker(options) : new EmbeddedRedis(options);
        return new RedisServer(backend, RunningServer.start(NAME, backend, () -> answers(backend)));
    }

    /** The host under which clients reach the server. */
    public String host() {
        return backend.host();
    }

    /** The port of the server on {@link #host()}; it stays the same over restarts. */
    public int port() {
        return backend.port();
    }

    /**
     * Ends the server with SIGKILL, and returns when it is gone.
     *
     * @throws IllegalStateException if it is not running
     */
    public void kill() {
        server.kill();
    }

    /**
     * Stops the server with SIGSTOP. Its connections stay open and nothing answers.
     *
     * @throws IllegalStateException if it is not running
     */
    public void pause() {
        server.pause();
    }

    /** Lets a paused server go on. Does nothing otherwise. */
    public void resume() {
        server.resume();
    }

    /** Ends the server in order; {@link #restart()} brings it back. Does nothing when it is not running. */
    public void stop() {
        server.stop();
    }

    /**
     * Starts the server again, under the same address. Stops it before when it is running.
     *
     * @throws ServerStartException if it does not start
     */
    public void restart() {
        server.restart();
    }

    /** Whether the server's process exists; true for a paused one as well. */
    public boolean isRunning() {
        return server.isRunning();
    }

    /** Ends the server in order. Does nothing the second time. */
    @Override
    public void close() {
        server.close();
    }

    /** What the server is told on its command line. */
    static List<String> arguments(RedisOptions options) {
        Map<String, String> all = new TreeMap<>(Map.of(
                // a dump when it is stopped in order, if it keeps anything at all
                "save", options.directory() == null ? "" : "3600 1",
                "appendonly", "no",
                // the networks of tests are closed ones
                "protected-mode", "no"));
        all.putAll(options.settings());
        List<String> arguments = new ArrayList<>();
        all.forEach((name, value) -> {
            arguments.add("--" + name);
            arguments.addAll(Arrays.asList(value.split(" ")));
        });
        return arguments;
    }

    private static Backend inDocker(RedisOptions options) {
        DockerServer docker =
                new DockerServer(NAME, "redis:6.2-alpine", Ports.orFree(options.port()), PORT_IN_CONTAINER);
        docker.keepData(options.directory(), "/data");
        List<String> command = new ArrayList<>(List.of("redis-server"));
        command.addAll(arguments(options));
        docker.container().withCommand(command.toArray(String[]::new));
        return docker;
    }

    /** Redis says more than that it listens: while it loads a dump it answers with an error. */
    private static boolean answers(Backend backend) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(backend.host(), backend.port()), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes("+PONG".length());
            return "+PONG".equals(new String(answer, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return false;
        }
    }
}
