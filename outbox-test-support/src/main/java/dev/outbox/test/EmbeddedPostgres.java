package dev.outbox.test;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL as child processes, with its data in the folder {@code cluster} of the directory. */
final class EmbeddedPostgres extends EmbeddedServer {

    private static final ServerArchive PROGRAMS =
            new ServerArchive("postgres", EmbeddedPostgres::archive, XZCompressorInputStream::new);

    private final DatabaseOptions options;

    EmbeddedPostgres(DatabaseOptions options) {
        // fast shutdown, then immediate shutdown, which ends paused children as well
        super("PostgreSQL", options.directory(), Ports.orFree(options.port()), "INT QUIT KILL");
        this.options = options;
    }

    @Override
    List<String> prepare() throws IOException {
        Path bin = PROGRAMS.unpacked().resolve("bin");
        if (!Files.exists(cluster())) {
            createCluster(bin);
        }
        List<String> command = notAsRoot();
        command.addAll(
                List.of(bin.resolve("postgres").toString(), "-D", mark(), "-h", HOST, "-p", Integer.toString(port())));
        // no socket in the file system: its path would be shared by users and limited in length
        command.addAll(List.of("-c", "unix_socket_directories="));
        PostgresServer.settings(options).forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return command;
    }

    @Override
    Path pidFile() {
        return cluster().resolve("postmaster.pid");
    }

    @Override
    String mark() {
        return cluster().toString();
    }

    @Override
    public boolean saysReady() {
        return logs("database system is ready to accept connections");
    }

    private Path cluster() {
        return path().resolve("cluster");
    }

    /** Creates it under another name first, so that an interrupted creation is not taken for a cluster. */
    private void createCluster(Path bin) throws IOException {
        Path unfinished = path().resolve("cluster-unfinished");
        ServerFolder.delete(unfinished);
        List<String> command = notAsRoot();
        command.addAll(List.of(bin.resolve("initdb").toString(), "-D", unfinished.toString()));
        command.addAll(List.of("-U", PostgresServer.USER, "-A", "trust", "-E", "UTF8", "--no-locale"));
        command.add(options.durable() ? "--data-checksums" : "--no-sync");
        Programs.run(command, "initdb");
        Files.move(unfinished, cluster(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** PostgreSQL refuses to run as root. A user namespace makes root an ordinary user, who owns the same files. */
    private static List<String> notAsRoot() {
        List<String> prefix = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            if (!LinuxUtils.isUnshareAvailable()) {
                throw new ServerStartException(
                        "PostgreSQL does not run as root, and this machine does not allow 'unshare -U'."
                                + " Run as another user or start Docker.");
            }
            prefix.addAll(List.of("unshare", "-U"));
        }
        return prefix;
    }

    private static InputStream archive() throws IOException {
        String system = System.getProperty("os.name").startsWith("Mac") ? "Darwin" : "Linux";
        String architecture = System.getProperty("os.arch");
        return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                system, "amd64".equals(architecture) ? "x86_64" : architecture);
    }
}
