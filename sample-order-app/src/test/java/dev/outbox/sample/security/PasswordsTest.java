package dev.outbox.sample.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;

class PasswordsTest {
    /** Writes down the passwords that it is asked to compare. */
    private static final class CountingEncoder implements PasswordEncoder {
        private final PasswordEncoder real = new Passwords().passwordEncoder();
        private final List<String> compared = new ArrayList<>();

        @Override
        public @Nullable String encode(@Nullable CharSequence password) {
            return real.encode(password);
        }

        @Override
        public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
            compared.add(String.valueOf(password));
            return real.matches(password, hash);
        }
    }

    /** Comparing is what takes the time, by which an address that is known could be told. */
    @Test
    void a_password_is_compared_once_whether_or_not_there_is_such_a_user() {
        CountingEncoder encoder = new CountingEncoder();
        String hash = encoder.encode("right");
        AuthenticationManager users = new Passwords()
                .authenticationManager(
                        email -> {
                            if (!email.equals("known")) throw new UsernameNotFoundException("no");
                            return User.withUsername(email).password(hash).build();
                        },
                        encoder);
        for (String email : List.of("known", "unknown"))
            assertThatThrownBy(() -> users.authenticate(
                            UsernamePasswordAuthenticationToken.unauthenticated(email, "wrong for " + email)))
                    .isInstanceOf(BadCredentialsException.class);
        assertThat(encoder.compared).containsExactly("wrong for known", "wrong for unknown");
    }
}
