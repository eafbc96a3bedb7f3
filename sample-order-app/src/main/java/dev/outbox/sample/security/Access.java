package dev.outbox.sample.security;

import dev.outbox.OutboxPermission;
import dev.outbox.sample.user.application.Login;
import dev.outbox.sample.user.domain.Role;
import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;
import org.springframework.security.web.SecurityFilterChain;

/** Who may do what. PermissionsIntegrationTest has the table of it. */
@Configuration(proxyBeanMethods = false)
class Access {
    private static final String PRODUCTS = "/api/v1/products/**";
    /** Which plays another system, and is there for trying out only. */
    private static final String MOCK = "/mock/data-platform/orders";

    private static final String ADMIN = "ROLE_" + Role.ADMIN;

    /** What everybody sees, and needs to become somebody. A token that has expired does no harm here. */
    @Bean
    @Order(1)
    SecurityFilterChain openPaths(HttpSecurity http, SecurityErrors errors) {
        return stateless(http, errors)
                .securityMatchers(paths -> paths.requestMatchers(
                                "/api/v1/auth/**",
                                "/swagger-ui.html",
                                "/swagger-ui/**",
                                "/v3/api-docs/**",
                                "/v3/api-docs.yaml")
                        .requestMatchers(HttpMethod.GET, PRODUCTS)
                        .requestMatchers(HttpMethod.HEAD, PRODUCTS)
                        .requestMatchers(HttpMethod.POST, MOCK))
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    /** Everything else. */
    @Bean
    @Order(2)
    SecurityFilterChain otherPaths(HttpSecurity http, SecurityErrors errors, ManagementPort management) {
        return stateless(http, errors)
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers("/actuator/health/**")
                        .permitAll()
                        .requestMatchers(management)
                        .permitAll()
                        .requestMatchers("/api/v1/admin/**", "/mock/**", "/outbox/**", "/actuator/**")
                        .hasAuthority(ADMIN)
                        .anyRequest()
                        .authenticated())
                .oauth2ResourceServer(tokens -> tokens.jwt(jwt -> jwt.jwtAuthenticationConverter(authentication()))
                        .authenticationEntryPoint(errors)
                        .accessDeniedHandler(errors))
                .build();
    }

    /** No session and no cookie, so another site has nothing to make a browser send: there is nothing for CSRF tokens to protect. */
    private static HttpSecurity stateless(HttpSecurity http, SecurityErrors errors) {
        return http.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(
                        failures -> failures.authenticationEntryPoint(errors).accessDeniedHandler(errors));
    }

    private static JwtAuthenticationConverter authentication() {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(Access::authorities);
        return converter;
    }

    /** An ADMIN operates the outbox as well. Payloads included: each look at one takes a reason and leaves a line in the audit trail. */
    private static Collection<GrantedAuthority> authorities(Jwt token) {
        JwtGrantedAuthoritiesConverter roles = new JwtGrantedAuthoritiesConverter();
        roles.setAuthoritiesClaimName(Login.ROLES);
        roles.setAuthorityPrefix("ROLE_");
        List<GrantedAuthority> authorities = new ArrayList<>(roles.convert(token));
        if (authorities.contains(new SimpleGrantedAuthority(ADMIN)))
            for (OutboxPermission permission : OutboxPermission.values())
                authorities.add(new SimpleGrantedAuthority(permission.name()));
        return authorities;
    }
}
