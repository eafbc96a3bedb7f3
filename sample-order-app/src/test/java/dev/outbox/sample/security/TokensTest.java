package dev.outbox.sample.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.sample.user.application.TokenProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** With which secrets the application starts. */
@ExtendWith(OutputCaptureExtension.class)
class TokensTest {
    private static final String WHAT_TO_DO =
            "Set SAMPLE_JWT_SECRET (or sample.jwt.secret) to a random text of at least 32 bytes that only this application knows, such as the output of: openssl rand -base64 48";

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(TokenProperties.class)
    @Import(Tokens.class)
    static class Application {}

    @Test
    void the_profile_prod_does_not_start_with_the_default_secret(CapturedOutput output) {
        assertThatThrownBy(() -> start("prod")).isNotNull();
        assertThat(output)
                .contains(
                        "sample.jwt.secret is the default, which everybody knows, so anybody could forge a token; the profile prod does not start with it.")
                .contains(WHAT_TO_DO)
                .doesNotContain("for-trying-out-only");
    }

    @Test
    void no_profile_starts_with_a_secret_of_fewer_than_256_bits(CapturedOutput output) {
        for (String profile : new String[] {"prod", "local"}) {
            assertThatThrownBy(() -> start(profile, "--sample.jwt.secret=" + "s".repeat(31)))
                    .isNotNull();
            assertThat(output)
                    .contains(
                            "sample.jwt.secret has 248 bits, and tokens that are signed with fewer than 256 can be forged.")
                    .contains(WHAT_TO_DO)
                    .doesNotContain("sss");
        }
    }

    @Test
    void the_profile_prod_starts_with_a_secret_of_its_own(CapturedOutput output) {
        start("prod", "--sample.jwt.secret=" + "s".repeat(32)).close();
        assertThat(output).doesNotContain("secret");
    }

    @Test
    void other_profiles_start_with_the_default_secret_and_warn(CapturedOutput output) {
        start("local").close();
        assertThat(output)
                .contains(
                        "Tokens are signed with the default secret, which everybody knows. That is for trying out; otherwise set SAMPLE_JWT_SECRET.");
    }

    private static ConfigurableApplicationContext start(String profile, String... settings) {
        ConfigurableApplicationContext started = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .profiles(profile)
                .run(settings);
        assertThat(started.getBean(JwtDecoder.class)).isNotNull();
        return started;
    }
}
