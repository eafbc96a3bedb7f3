package dev.outbox.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** MySQL or MariaDB as a child process, with its data in the folder {@code data} of the directory. */
final class EmbeddedMySql extends EmbeddedServer {

    private final MySqlFlavour flavour;
    private final DatabaseOptions options;

    EmbeddedMySql(MySqlFlavour flavour, DatabaseOptions options) {
        super(flavour.title(), options.directory(), Ports.orFree(options.port()), "TERM KILL");
        this.flavour = flavour;
        this.options = options;
    }

    @Override
    List<String> prepare() throws IOException {
        Path home = flavour.programs();
        Path program = home.resolve(flavour.program());
        SystemLibraries libraries = SystemLibraries.of(flavour.title(), program, StubLibrary::folder);
        if (!Files.exists(data())) {
            copy(initialised(home, libraries), path().resolve("data-unfinished"));
            Files.move(path().resolve("data-unfinished"), data(), StandardCopyOption.ATOMIC_MOVE);
        }
        Path temporary = Files.createDirectories(path().resolve("tmp"));
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--basedir=" + home,
                mark(),
                "--tmpdir=" + temporary,
                "--pid-file=" + pidFile(),
                "--bind-address=" + HOST,
                "--port=" + port(),
                // no socket in the file system: its path would be limited in length
                "--socket="));
        command.addAll(asRoot());
        command.addAll(flavour.embeddedOnly());
        command.addAll(libraries.options());
        command.addAll(MySqlServer.arguments(options));
        return libraries.findable(command);
    }

    @Override
    Path pidFile() {
        return path().resolve("server.pid");
    }

    @Override
    String mark() {
        return "--datadir=" + data();
    }

    @Override
    public boolean saysReady() {
        return logs("ready for connections");
    }

    private Path data() {
        return path().resolve("data");
    }

    /** The data of a new server. Creating it takes seconds, copying it does not. */
    private Path initialised(Path home, SystemLibraries libraries) throws IOException {
        return MadeOnce.folder(home.getFileName() + "-data", folder -> {
                    Path data = Files.createDirectories(folder).resolve("data");
                    Path sql = folder.resolve("users.sql");
                    Files.writeString(sql, """
                            flush privileges;
                            drop user if exists 'root'@'127.0.0.1', 'root'@'::1';
                            rename user 'root'@'localhost' to '%s'@'%%';
                            alter user '%s'@'%%' identified by '%s';
                            """.formatted(MySqlServer.USER, MySqlServer.USER, MySqlServer.PASSWORD));
                    List<String> command = new ArrayList<>(flavour.initialisation(home, data, sql));
                    command.addAll(asRoot());
                    command.addAll(libraries.options());
                    Programs.run(libraries.findable(command), "the initialisation");
                    // the identity of a server, which makes itself a new one
                    Files.deleteIfExists(data.resolve("auto.cnf"));
                })
                .resolve("data");
    }

    private static void copy(Path from, Path to) throws IOException {
        ServerFolder.delete(to);
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    /** The server refuses to run as root unless it is told to. */
    private static List<String> asRoot() {
        return "root".equals(System.getProperty("user.name")) ? List.of("--user=root") : List.of();
    }
}
