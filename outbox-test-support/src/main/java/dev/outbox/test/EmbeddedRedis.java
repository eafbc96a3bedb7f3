package dev.outbox.test;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Redis as a child process. */
final class EmbeddedRedis extends EmbeddedServer {

    /** The programs on the class path, by system and architecture. Those for ARM have the libraries that they need in them. */
    private static final Map<String, String> PROGRAMS = Map.of(
            "Linux-amd64", "redis-server-6.2.6-v5-linux-amd64",
            "Linux-aarch64", "redis-server-6.2.7-linux-arm64",
            "Mac OS X-x86_64", "redis-server-6.2.6-v5-darwin-amd64",
            "Mac OS X-aarch64", "redis-server-6.2.6-v5-darwin-arm64");

    private static final String PROGRAM = "redis-server";

    private final RedisOptions options;

    EmbeddedRedis(RedisOptions options) {
        super(RedisServer.NAME, options.directory(), Ports.orFree(options.port()), "TERM KILL");
        this.options = options;
    }

    @Override
    List<String> prepare() throws IOException {
        Path program = program("%s-%s".formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
        SystemLibraries.require(RedisServer.NAME, List.of(program.toString(), "--version"));
        List<String> command = new ArrayList<>(List.of(program.toString(), "--dir", path().toString()));
        command.addAll(List.of("--bind", HOST, "--port", Integer.toString(port())));
        // it keeps the command line by which it is known
        command.addAll(List.of("--set-proc-title", "no"));
        command.addAll(RedisServer.arguments(options));
        return command;
    }

    @Override
    String mark() {
        return "--dir " + path();
    }

    @Override
    void started(long pid) throws IOException {
        Files.writeString(pidFile(), Long.toString(pid));
    }

    @Override
    Path pidFile() {
        return path().resolve("redis.pid");
    }

    @Override
    public boolean saysReady() {
        return logs("Ready to accept connections");
    }

    /** The program for a platform, unpacked once for each user. */
    static Path program(String platform) throws IOException {
        String name = PROGRAMS.get(platform);
        if (name == null) {
            throw noProgram(platform);
        }
        return MadeOnce.folder(name, folder -> {
                    try (InputStream in = EmbeddedRedis.class.getClassLoader().getResourceAsStream(name)) {
                        if (in == null) {
                            throw noProgram(platform);
                        }
                        Files.createDirectories(folder);
                        Files.copy(in, folder.resolve(PROGRAM));
                        ServerArchive.makeExecutable(folder.resolve(PROGRAM));
                    }
                })
                .resolve(PROGRAM);
    }

    private static IOException noProgram(String platform) {
        return new FileNotFoundException("no program for %s; start Docker".formatted(platform));
    }
}
