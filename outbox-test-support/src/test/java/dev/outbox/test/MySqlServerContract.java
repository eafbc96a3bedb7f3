package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What every flavour of MySQL does in tests. */
abstract class MySqlServerContract extends DatabaseServerContract<MySqlSchema> {

    private final MySqlFlavour flavour;
    private final String version;
    private final Supplier<MySqlServer> shared;

    MySqlServerContract(MySqlFlavour flavour, String version, Supplier<MySqlServer> shared) {
        this.flavour = flavour;
        this.version = version;
        this.shared = shared;
    }

    @Test
    void schemas_of_one_server_are_closed_to_each_other() throws SQLException {
        MySqlServer server = shared();
        MySqlSchema one = server.createSchema("a_name_of_forty_characters_to_cut_for_it");
        MySqlSchema other = server.createSchema("a_name_of_forty_characters_to_cut_for_it");

        execute(one, "create table word (text varchar(9))");

        assertThat(other.name()).isNotEqualTo(one.name());
        assertThatThrownBy(() -> query(other, "select text from word")).hasMessageContaining("doesn't exist");
        assertThatThrownBy(() -> query(other, "select text from %s.word".formatted(one.name())))
                .hasMessageContaining("denied");
        assertThatThrownBy(() -> execute(one, "create database more")).hasMessageContaining("denied");
    }

    @Test
    void server_is_of_the_expected_version() throws SQLException {
        assertThat(query(shared().createSchema("version"), "select version()")).startsWith(version);
    }

    @Test
    void schema_is_reached_through_a_proxy() throws SQLException {
        MySqlServer server = shared();
        MySqlSchema schema = server.createSchema("proxied");
        try (TcpProxy proxy = TcpProxy.to(server.host(), server.port())) {
            assertThat(query(schema.through(proxy), "select database()")).isEqualTo(schema.name());
        }
    }

    @Test
    void durable_server_waits_for_the_disk_and_its_directory_keeps_the_contents() throws SQLException {
        DatabaseOptions options =
                DatabaseOptions.in(directory.resolve("new/data")).withSetting("max_connections", "17");
        String name;
        try (MySqlServer first = start(options)) {
            MySqlSchema schema = first.createSchema("durable");
            execute(schema, "create table word as select 'kept' as text");
            assertThat(query(schema, "select @@innodb_flush_log_at_trx_commit")).isEqualTo("1");
            assertThat(query(schema, "select @@sync_binlog")).isEqualTo("1");
            assertThat(query(schema, "select @@max_connections")).isEqualTo("17");
            name = schema.name();
        }

        try (MySqlServer second = start(options)) {
            assertThat(query(second.schema(name), "select text from word")).isEqualTo("kept");
        }
    }

    @Test
    void killed_jvm_leaves_no_server_behind() {
        List<ProcessHandle> servers;
        try (ChildJvm owner = startOwner()) {
            owner.awaitLine("ready", Duration.ofSeconds(30));
            servers = RunningProcesses.of(directory);
            assertThat(servers).isNotEmpty().allMatch(Processes::runs);

            owner.kill();
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> servers.stream().noneMatch(Processes::runs));
    }

    @Override
    final MySqlServer start(DatabaseOptions options) {
        return MySqlServer.start(flavour, options);
    }

    @Override
    final List<String> mainThatStartsOne() {
        return List.of("mysql", flavour.name());
    }

    private MySqlServer shared() {
        return shared.get();
    }
}
