package dev.outbox.sample.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.outbox.sample.process.ProcessRole;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** docker-compose.yml: three servers that are ready for the profile {@code local}, and the service in three parts. */
class ComposeTest {
    private static final Path FILE = Path.of("docker-compose.yml");
    private static final List<String> SERVERS = List.of("mysql", "kafka", "redis");
    private static final List<String> ROLES = Arrays.stream(ProcessRole.values())
            .map(role -> role.name().toLowerCase(Locale.ROOT))
            .toList();

    private JsonNode compose;
    private PropertySource<?> local;

    @BeforeEach
    void read() throws IOException {
        compose = JsonMapper.shared().valueToTree(YamlFiles.one(FILE));
        local = new YamlPropertySourceLoader()
                .load("local", new ClassPathResource("application-local.yml"))
                .get(0);
    }

    private JsonNode service(String name) {
        return compose.path("services").path(name);
    }

    private String local(String property) {
        return Objects.requireNonNull(local.getProperty(property), property).toString();
    }

    @Test
    void it_is_what_the_compose_specification_allows() throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2019_09)
                .getSchema(composeSpecification(), InputFormat.JSON);
        assertThat(schema.validate(compose.toString(), InputFormat.JSON)).isEmpty();
        ((ObjectNode) service("redis")).put("volume", "redis:/data");
        assertThat(schema.validate(compose.toString(), InputFormat.JSON))
                .as("a word that it does not know")
                .isNotEmpty();
    }

    /** Its draft of JSON schema has no {@code id}, which means nothing in it. */
    private static String composeSpecification() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(ComposeTest.class.getResourceAsStream("/compose/compose-spec.json"))) {
            return new String(file.readAllBytes(), UTF_8).replaceAll("\"id\": \"[^\"]*\",", "");
        }
    }

    @Test
    void the_servers_come_by_themselves_and_the_service_when_it_is_asked_for() {
        assertThat(compose.path("services").propertyNames())
                .containsExactlyInAnyOrderElementsOf(concat(SERVERS, ROLES));
        assertThat(SERVERS)
                .allSatisfy(
                        server -> assertThat(service(server).has("profiles")).isFalse());
        assertThat(ROLES).allSatisfy(role -> {
            assertThat(service(role).path("profiles").get(0).asString()).isEqualTo("app");
            assertThat(service(role).path("environment").path("SAMPLE_ROLES").asString())
                    .isEqualTo(role);
            assertThat(SERVERS)
                    .allSatisfy(server -> assertThat(service(role)
                                    .path("depends_on")
                                    .path(server)
                                    .path("condition")
                                    .asString())
                            .isEqualTo("service_healthy"));
        });
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    @Test
    void a_server_has_a_fixed_version_a_health_check_and_a_volume_with_a_name() {
        assertThat(SERVERS).allSatisfy(server -> {
            assertThat(service(server).path("image").asString()).matches("[a-z/]+:\\d+\\.\\d+\\.\\d+(-alpine)?");
            assertThat(service(server).path("healthcheck").path("test").get(0).asString())
                    .startsWith("CMD");
            assertThat(service(server).path("volumes").get(0).asString()).startsWith(server + ":/");
            assertThat(compose.path("volumes").has(server)).isTrue();
        });
    }

    @Test
    void every_port_is_open_to_this_machine_alone() {
        assertThat(compose.path("services"))
                .flatExtracting(service -> service.path("ports")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList())
                .hasSize(4)
                .allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void the_profile_local_finds_the_database() {
        JsonNode database = service("mysql").path("environment");
        assertThat(local("spring.datasource.url"))
                .startsWith("jdbc:mysql://localhost:%s/%s?"
                        .formatted(
                                published("mysql", "3306"),
                                database.path("MYSQL_DATABASE").asString()));
        assertThat(local("spring.datasource.username"))
                .isEqualTo(database.path("MYSQL_USER").asString());
        assertThat(local("spring.datasource.password"))
                .isEqualTo(database.path("MYSQL_PASSWORD").asString());
    }

    @Test
    void the_profile_local_finds_kafka_and_redis() {
        String kafka = local("spring.kafka.bootstrap-servers");
        assertThat(kafka).isEqualTo("localhost:" + published("kafka", "9092"));
        assertThat(listeners("KAFKA_ADVERTISED_LISTENERS"))
                .as("where the broker says that it is")
                .containsEntry("HOST", kafka);
        assertThat(local("spring.data.redis.host")).isEqualTo("localhost");
        assertThat(local("spring.data.redis.port")).isEqualTo(published("redis", "6379"));
    }

    /** The port of this machine that leads to a container's. */
    private String published(String server, String port) {
        String[] parts = service(server).path("ports").get(0).asString().split(":");
        assertThat(parts[2]).isEqualTo(port);
        return parts[1];
    }

    /** Where Kafka listens or says that it does, by the listener's name. */
    private Map<String, String> listeners(String variable) {
        return Arrays.stream(service("kafka")
                        .path("environment")
                        .path(variable)
                        .asString()
                        .split(","))
                .map(listener -> listener.split("://"))
                .collect(Collectors.toMap(listener -> listener[0], listener -> listener[1]));
    }

    @Test
    void kafka_listens_where_it_says_that_it_does() {
        Map<String, String> listens = listeners("KAFKA_LISTENERS");
        assertThat(listeners("KAFKA_ADVERTISED_LISTENERS"))
                .allSatisfy((name, address) -> assertThat(address).endsWith(listens.get(name)));
        JsonNode kafka = service("kafka").path("environment");
        assertThat(kafka.path("KAFKA_LOG_DIRS").asString())
                .as("its volume, and no folder that goes with the container")
                .isEqualTo(service("kafka").path("volumes").get(0).asString().split(":")[1]);
        assertThat(listens)
                .containsKey(kafka.path("KAFKA_CONTROLLER_LISTENER_NAMES").asString());
        assertThat(listens)
                .containsKey(kafka.path("KAFKA_INTER_BROKER_LISTENER_NAME").asString());
    }

    @Test
    void the_parts_of_the_service_find_the_servers_beside_them() throws IOException {
        KnownSettings known = KnownSettings.read();
        assertThat(ROLES).allSatisfy(role -> {
            JsonNode settings = service(role).path("environment");
            assertThat(settings.propertyNames()).allMatch(known::contains);
            assertThat(settings.path("SPRING_PROFILES_ACTIVE").asString())
                    .as("all that is not said here")
                    .isEqualTo("local");
            assertThat(settings.path("SPRING_DATASOURCE_URL").asString())
                    .as("the database of the profile local, by its name among containers")
                    .isEqualTo(local("spring.datasource.url").replace("localhost", "mysql"));
            assertThat(settings.path("SPRING_KAFKA_BOOTSTRAPSERVERS").asString())
                    .isEqualTo(listeners("KAFKA_ADVERTISED_LISTENERS").get("DOCKER"));
            assertThat(settings.path("SPRING_DATA_REDIS_HOST").asString()).isEqualTo("redis");
        });
    }

    @Test
    void the_data_platform_is_a_mock_that_this_machine_reaches_as_well() {
        String url = service("streamer")
                .path("environment")
                .path("SAMPLE_DATAPLATFORM_URL")
                .asString();
        assertThat(url).startsWith("http://api:8080/mock/");
        assertThat(service("api").path("ports").get(0).asString()).endsWith(":8080");
    }

    @Test
    void the_parts_of_the_service_are_built_here() {
        assertThat(ROLES).allSatisfy(role -> {
            Path context = Path.of(service(role).path("build").path("context").asString());
            assertThat(context.resolve(".dockerignore")).isRegularFile();
            Path dockerfile = context.resolve(
                    service(role).path("build").path("dockerfile").asString());
            assertThat(Files.isSameFile(dockerfile, Dockerfile.SERVICE)).isTrue();
        });
    }

    @Test
    void the_health_check_of_mysql_logs_in_as_the_service_does() {
        assertThat(service("mysql").path("healthcheck").path("test").get(1).asString())
                .contains("$$MYSQL_USER", "$$MYSQL_PASSWORD", "$$MYSQL_DATABASE")
                .as("not by the socket, where the server of the first set-up listens too")
                .contains("--host=127.0.0.1");
    }
}
