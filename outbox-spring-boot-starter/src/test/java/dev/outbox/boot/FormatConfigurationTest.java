package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.format.Jackson2Format;
import dev.outbox.format.Jackson3Format;
import dev.outbox.spi.PayloadFormat;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Which mapper makes the payloads. It takes no outbox, no inbox and no data source. */
class FormatConfigurationTest {
    private static final Placed PLACED = new Placed(Instant.EPOCH);
    private static final String USUAL = "{\"placedAt\":\"1970-01-01T00:00:00Z\"}";
    private static final String SNAKE = "{\"placed_at\":\"1970-01-01T00:00:00Z\"}";

    private final ApplicationContextRunner outbox = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(OutboxFormatAutoConfiguration.class))
            .withPropertyValues("outbox.enabled=false");

    public record Placed(Instant placedAt) {}

    @Test
    void without_a_mapper_of_the_application_there_is_one_of_jackson_3() {
        outbox.run(context -> {
            assertThat(format(context)).isInstanceOf(Jackson3Format.class);
            assertThat(written(context)).isEqualTo(USUAL);
            assertThat(readWithMore(context)).isEqualTo(PLACED);
        });
    }

    @Test
    void spring_boots_mapper_of_jackson_3_is_taken_with_its_settings() {
        outbox.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
                .withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
                .run(context -> {
                    assertThat(format(context)).isInstanceOf(Jackson3Format.class);
                    assertThat(written(context)).isEqualTo(SNAKE);
                });
    }

    @Test
    void spring_boots_mapper_of_jackson_2_is_taken_with_its_settings_when_there_is_none_of_jackson_3() {
        outbox.withConfiguration(AutoConfigurations.of(Jackson2AutoConfiguration.class))
                .withPropertyValues("spring.jackson2.property-naming-strategy=SNAKE_CASE")
                .run(context -> {
                    assertThat(format(context)).isInstanceOf(Jackson2Format.class);
                    assertThat(written(context)).isEqualTo(SNAKE);
                    assertThat(readWithMore(context)).isEqualTo(PLACED);
                });
    }

    @Test
    void of_both_that_of_jackson_3_is_taken() {
        outbox.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, Jackson2AutoConfiguration.class))
                .run(context -> assertThat(format(context)).isInstanceOf(Jackson3Format.class));
    }

    @Test
    void a_mapper_declared_by_its_superclass_is_taken_and_one_of_another_format_is_not() {
        outbox.withBean("json", ObjectMapper.class, FormatConfigurationTest::snake)
                .withBean("yaml", ObjectMapper.class, FormatConfigurationTest::yaml)
                .run(context -> assertThat(written(context)).isEqualTo(SNAKE));
        outbox.withBean("yaml", ObjectMapper.class, FormatConfigurationTest::yaml)
                .run(context -> assertThat(written(context)).isEqualTo(USUAL));
    }

    @Test
    void of_several_mappers_the_primary_one_is_taken_and_without_a_primary_one_the_start_fails() {
        outbox.withBean("plain", JsonMapper.class)
                .withBean("snake", JsonMapper.class, FormatConfigurationTest::snake, bean -> bean.setPrimary(true))
                .run(context -> assertThat(written(context)).isEqualTo(SNAKE));
        outbox.withBean("plain", JsonMapper.class)
                .withBean("snake", JsonMapper.class, FormatConfigurationTest::snake)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseMessage(
                                "No qualifying bean of type 'tools.jackson.databind.ObjectMapper' available:"
                                        + " expected single matching bean but found 2: plain,snake"));
    }

    @Test
    void a_format_of_the_application_takes_the_place_of_ours() {
        PayloadFormat own = new NoPayloadFormat();
        outbox.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
                .withBean("own", PayloadFormat.class, () -> own)
                .run(context -> assertThat(format(context)).isSameAs(own));
    }

    private static JsonMapper snake() {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
    }

    private static ObjectMapper yaml() {
        return new ObjectMapper(new JsonFactory() {
            @Override
            public String getFormatName() {
                return "YAML";
            }
        });
    }

    private static PayloadFormat format(ApplicationContext context) {
        return context.getBean(PayloadFormat.class);
    }

    private static String written(ApplicationContext context) throws Exception {
        return new String(format(context).serialize(PLACED), UTF_8);
    }

    private static Object readWithMore(ApplicationContext context) throws Exception {
        byte[] newer = "{\"placedAt\":\"1970-01-01T00:00:00Z\",\"placed_at\":\"1970-01-01T00:00:00Z\",\"added\":1}"
                .getBytes(UTF_8);
        return format(context).deserialize(newer, Placed.class);
    }
}
