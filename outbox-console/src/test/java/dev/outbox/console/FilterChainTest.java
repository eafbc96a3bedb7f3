package dev.outbox.console;

import static dev.outbox.console.Api.NOBODY;
import static dev.outbox.console.Api.OLGA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.outbox.OutboxOperations;
import dev.outbox.spi.AccessControl;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/** The filter chains of docs/operations.md. */
@Timeout(60)
class FilterChainTest {
    private static final String PAUSE = "{\"scope\": \"EVERYTHING\", \"reason\": \"maintenance\"}";

    private final WebApplicationContextRunner application = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    JacksonAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    SecurityAutoConfiguration.class,
                    UserDetailsServiceAutoConfiguration.class,
                    ServletWebSecurityAutoConfiguration.class,
                    OutboxConsoleAutoConfiguration.class))
            .withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
            .withBean(OutboxOperations.class, FilterChainTest::operations);

    @Configuration(proxyBeanMethods = false)
    static class Browsers {
        @Bean
        @Order(1)
        SecurityFilterChain outboxOperators(HttpSecurity http) throws Exception {
            return http.securityMatcher("/outbox/**", "/login", "/logout", "/default-ui.css")
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(withDefaults())
                    .formLogin(withDefaults())
                    .build();
        }
    }

    @Test
    void people_log_in_and_need_a_csrf_token() {
        application.withUserConfiguration(Browsers.class).run(context -> {
            Api api = new Api(context, true);
            assertThat(api.get(NOBODY, "/login").body()).contains("<form").contains("_csrf");
            assertThat(api.get(NOBODY, "/outbox/api/pauses").status()).isEqualTo(401);
            assertThat(api.postWithoutToken(OLGA, MediaType.APPLICATION_JSON, "/outbox/api/pauses", PAUSE)
                            .status())
                    .isEqualTo(403);
            assertThat(api.post(OLGA, "/outbox/api/pauses", PAUSE).status()).isEqualTo(200);
        });
    }

    /** As with bearer tokens, which would take a server that gives them out. */
    @Configuration(proxyBeanMethods = false)
    static class Programs {
        @Bean
        @Order(1)
        SecurityFilterChain outboxOperators(HttpSecurity http) throws Exception {
            return http.securityMatcher("/outbox/**")
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .csrf(csrf -> csrf.disable())
                    .build();
        }
    }

    @Test
    void programs_need_no_csrf_token_but_have_to_say_who_they_are() {
        application.withUserConfiguration(Programs.class).run(context -> {
            Api api = new Api(context, true);
            assertThat(api.postWithoutToken(NOBODY, MediaType.APPLICATION_JSON, "/outbox/api/pauses", PAUSE)
                            .status())
                    .isEqualTo(403);
            assertThat(api.postWithoutToken(OLGA, MediaType.APPLICATION_JSON, "/outbox/api/pauses", PAUSE)
                            .status())
                    .isEqualTo(200);
        });
    }

    @Test
    void the_page_shows_these_chains() throws Exception {
        String page = withoutSpace(Files.readString(Path.of("../docs/operations.md")));
        String test = Files.readString(Path.of("src/test/java/dev/outbox/console/FilterChainTest.java"));
        String browsers = test.substring(test.indexOf("@Order(1)"), test.indexOf("@Test"));
        assertThat(page).contains(withoutSpace(browsers.substring(0, browsers.indexOf(".build();"))));
        String[] programs =
                test.substring(test.indexOf("static class Programs {")).split("\\.sessionManagement");
        assertThat(page)
                .contains(withoutSpace(
                        ".sessionManagement" + programs[1].substring(0, programs[1].indexOf(".build();"))));
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s", "");
    }

    private static OutboxOperations operations() {
        return (OutboxOperations) Proxy.newProxyInstance(
                FilterChainTest.class.getClassLoader(),
                new Class<?>[] {OutboxOperations.class},
                (proxy, method, arguments) -> true);
    }
}
