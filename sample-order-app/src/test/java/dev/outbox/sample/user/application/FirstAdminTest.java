package dev.outbox.sample.user.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.sample.settings.UnusableSettingException;
import dev.outbox.sample.user.domain.Role;
import dev.outbox.sample.user.domain.User;
import dev.outbox.sample.user.domain.UserRepository;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

@ExtendWith(OutputCaptureExtension.class)
class FirstAdminTest {
    private static final String EMAIL = "admin@example.com";
    private static final String PASSWORD = "a good password";

    /** Users in a list. */
    private static final class ListedUsers implements UserRepository {
        private final List<User> all = new ArrayList<>();

        @Override
        public User saveAndFlush(User user) {
            all.add(user);
            return user;
        }

        @Override
        public Optional<User> findByEmail(String email) {
            return all.stream().filter(user -> user.email().equals(email)).findFirst();
        }

        @Override
        public boolean existsById(long id) {
            return all.stream().anyMatch(user -> user.id() == id);
        }
    }

    private final ListedUsers users = new ListedUsers();
    private final PasswordEncoder passwords = PasswordEncoderFactories.createDelegatingPasswordEncoder();
    private final Accounts accounts = new Accounts(users, passwords, Clock.systemUTC());

    @Test
    void there_is_none_unless_one_is_configured() {
        start(null, null);
        start("", "");
        assertThat(users.all).isEmpty();
    }

    @Test
    void the_one_that_is_configured_is_created_once() {
        start(EMAIL, PASSWORD);
        start(EMAIL, "another password");
        assertThat(users.all).singleElement().satisfies(admin -> {
            assertThat(admin.email()).isEqualTo(EMAIL);
            assertThat(admin.role()).isEqualTo(Role.ADMIN);
            assertThat(passwords.matches(PASSWORD, admin.passwordHash())).isTrue();
        });
    }

    /** Or whoever guesses the address and registers first would be an ADMIN. */
    @Test
    void a_user_who_has_registered_with_the_address_does_not_become_one(CapturedOutput output) {
        accounts.register(EMAIL, "password of a guest", Role.USER);
        start(EMAIL, PASSWORD);
        assertThat(users.all).singleElement().extracting(User::role).isEqualTo(Role.USER);
        assertThat(output)
                .contains(
                        "sample.admin.email is the address of admin@example.com, who has registered without being an ADMIN and stays so. Choose another address.");
    }

    @Test
    void half_a_configuration_stops_the_start() {
        assertThatThrownBy(() -> start(null, PASSWORD))
                .isInstanceOf(UnusableSettingException.class)
                .hasMessage("sample.admin.email is missing or no address, and a first ADMIN needs one.");
        assertThatThrownBy(() -> start("nobody", PASSWORD)).hasMessageStartingWith("sample.admin.email is missing");
        for (String password : new String[] {null, "short", "ü".repeat(37)})
            assertThatThrownBy(() -> start(EMAIL, password))
                    .isInstanceOf(UnusableSettingException.class)
                    .hasMessage("sample.admin.password is missing, or is not between 12 characters and 72 bytes long.");
    }

    private void start(@Nullable String email, @Nullable String password) {
        new FirstAdmin(new AdminProperties(email, password), accounts).create();
    }
}
