package dev.outbox.sample.process;

import static dev.outbox.sample.process.ProcessRole.API;
import static dev.outbox.sample.process.ProcessRole.RELAY;
import static dev.outbox.sample.process.ProcessRole.STREAMER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.sample.settings.UnusableSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;

/** Which roles a process has, and what they switch on. */
@ExtendWith(OutputCaptureExtension.class)
class ProcessRoleTest {
    @Configuration(proxyBeanMethods = false)
    static class Application {
        @RunsIn(STREAMER)
        @Configuration(proxyBeanMethods = false)
        static class Consumer {}
    }

    @Test
    void a_process_has_all_roles_or_those_that_are_configured() {
        assertThat(ProcessRole.of(new MockEnvironment())).containsExactly(API, RELAY, STREAMER);
        assertThat(ProcessRole.of(new MockEnvironment().withProperty("sample.roles", "")))
                .containsExactly(API, RELAY, STREAMER);
        assertThat(ProcessRole.of(new MockEnvironment().withProperty("sample.roles", "streamer, Api")))
                .containsExactly(API, STREAMER);
        assertThat(ProcessRole.of(new MockEnvironment().withProperty("sample.roles[0]", "relay")))
                .containsExactly(RELAY);
    }

    @Test
    void a_process_with_a_role_that_does_not_exist_is_not_started(CapturedOutput output) {
        assertThatThrownBy(() -> start("--sample.roles=api,streamr")).isInstanceOf(UnusableSettingException.class);
        assertThat(output)
                .contains("sample.roles names 'streamr', which is no role of this service.")
                .contains(
                        "Set sample.roles to one or more of api, relay, streamer, separated by commas, or leave it out for all of them.");
    }

    @Test
    void a_bean_is_there_where_its_role_is() {
        try (ConfigurableApplicationContext streamer = start("--sample.roles=streamer");
                ConfigurableApplicationContext other = start("--sample.roles=api,relay")) {
            assertThat(streamer.getBeansOfType(Application.Consumer.class)).hasSize(1);
            assertThat(other.getBeansOfType(Application.Consumer.class)).isEmpty();
        }
    }

    @Test
    void only_the_role_relay_sends_events_unless_it_is_configured_otherwise() {
        assertThat(sends()).isTrue();
        assertThat(sends("--sample.roles=relay")).isTrue();
        assertThat(sends("--sample.roles=api,streamer")).isFalse();
        assertThat(sends("--sample.roles=api", "--outbox.relay.enabled=true")).isTrue();
        assertThat(sends("--sample.roles=relay", "--outbox.relay.enabled=false"))
                .isFalse();
    }

    private static boolean sends(String... settings) {
        try (ConfigurableApplicationContext process = start(settings)) {
            return process.getEnvironment().getRequiredProperty("outbox.relay.enabled", Boolean.class);
        }
    }

    private static ConfigurableApplicationContext start(String... settings) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .build();
        return application.run(settings);
    }
}
