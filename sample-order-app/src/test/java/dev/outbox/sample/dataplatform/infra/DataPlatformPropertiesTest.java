package dev.outbox.sample.dataplatform.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.sample.settings.UnusableSettingException;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mock.env.MockEnvironment;

class DataPlatformPropertiesTest {
    static DataPlatformProperties properties(Map<String, ?> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("sample.data-platform", DataPlatformProperties.class);
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(String setting, String value) {
        return assertThatThrownBy(() -> properties(Map.of("sample.data-platform." + setting, value)))
                .rootCause();
    }

    @Test
    void by_default_an_event_is_tried_again_three_times_within_seven_seconds() {
        DataPlatformProperties defaults = properties(Map.of());
        assertThat(defaults.timeout()).hasSeconds(3);
        assertThat(defaults.tries()).isEqualTo(4);
        assertThat(defaults.retryDelay()).hasSeconds(1);
        assertThat(defaults.openFor()).hasSeconds(10);
        assertThat(defaults.maxConcurrentCalls()).isEqualTo(4);
        assertThat(IntStream.rangeClosed(1, defaults.retries()).mapToObj(GuardedDataPlatform.pauses(defaults)::apply))
                .containsExactly(1000L, 2000L, 4000L);
    }

    @Test
    void the_environment_says_how_long_an_answer_is_waited_for() throws Exception {
        assertThat(shipped(new MockEnvironment()).timeout()).hasSeconds(3);
        assertThat(shipped(new MockEnvironment().withProperty("MOCK_DATA_PLATFORM_TIMEOUT_MS", "1500"))
                        .timeout())
                .hasMillis(1500);
    }

    /** As the application's own file has it. */
    private static DataPlatformProperties shipped(MockEnvironment environment) throws Exception {
        new YamlPropertySourceLoader()
                .load("shipped", new ClassPathResource("application.yml"))
                .forEach(environment.getPropertySources()::addLast);
        return Binder.get(environment).bindOrCreate("sample.data-platform", DataPlatformProperties.class);
    }

    @Test
    void times_that_make_no_sense_are_refused() {
        assertRefused("timeout", "0ms")
                .hasMessage("sample.data-platform.timeout is PT0S, but has to be from PT0.001S to PT10S");
        assertRefused("timeout", "11s")
                .hasMessage("sample.data-platform.timeout is PT11S, but has to be from PT0.001S to PT10S");
        assertRefused("retry-delay", "2s")
                .hasMessage("sample.data-platform.retry-delay is PT2S, but has to be from PT0.001S to PT1S");
        assertRefused("open-for", "-1s")
                .hasMessage("sample.data-platform.open-for is PT-1S, but has to be from PT0.001S to PT10M");
    }

    @Test
    void numbers_that_make_no_sense_are_refused() {
        assertRefused("retries", "4").hasMessage("sample.data-platform.retries is 4, but has to be from 0 to 3");
        assertRefused("retries", "-1").hasMessage("sample.data-platform.retries is -1, but has to be from 0 to 3");
        assertRefused("max-concurrent-calls", "0")
                .hasMessage("sample.data-platform.max-concurrent-calls is 0, but has to be from 1 to 1000");
    }

    @Test
    void an_address_that_is_none_is_refused_without_saying_what_it_is() {
        for (String address :
                new String[] {"platform.example.com", "ftp://me:secret@example.com", "https://", "http://a b"})
            assertRefused("url", address)
                    .hasMessage(
                            "sample.data-platform.url is no address of HTTP: it has to begin with http:// or https://, and to name a host");
    }

    @Test
    void without_an_address_events_go_to_the_mock_of_this_process() {
        MockEnvironment environment = new MockEnvironment().withProperty("local.server.port", "4711");
        assertThat(new DataPlatformAddress(properties(Map.of()), environment).url())
                .isEqualTo("http://localhost:4711/mock/data-platform/orders");
        assertThat(new DataPlatformAddress(properties(Map.of("sample.data-platform.url", "")), environment).url())
                .startsWith("http://localhost:4711/");
    }

    @Test
    void with_an_address_events_go_there() {
        DataPlatformProperties elsewhere =
                properties(Map.of("sample.data-platform.url", "https://platform.example.com/orders"));
        MockEnvironment environment = new MockEnvironment().withProperty("sample.data-platform.mock.enabled", "false");
        assertThat(new DataPlatformAddress(elsewhere, environment).url())
                .isEqualTo("https://platform.example.com/orders");
    }

    @Test
    void without_an_address_and_without_the_mock_the_application_does_not_start() {
        MockEnvironment environment = new MockEnvironment().withProperty("sample.data-platform.mock.enabled", "false");
        assertThatThrownBy(() -> new DataPlatformAddress(properties(Map.of()), environment))
                .isInstanceOf(UnusableSettingException.class)
                .hasMessage(
                        "sample.data-platform.url is not set, and the mock that it would be is off (sample.data-platform.mock.enabled is false, as by default in the profile prod).");
    }
}
