package dev.outbox.sample.user.application;

import dev.outbox.sample.user.domain.User;
import dev.outbox.sample.user.domain.WrongCredentialsException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.stereotype.Service;

/** Gives tokens to users who know their passwords. */
@Service
public class Login {
    /** The claim that has the names of the user's roles. */
    public static final String ROLES = "roles";

    private final AuthenticationManager users;
    private final JwtEncoder tokens;
    private final TokenProperties properties;
    private final Clock clock;

    Login(AuthenticationManager users, JwtEncoder tokens, TokenProperties properties, Clock clock) {
        this.users = users;
        this.tokens = tokens;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * A new token of a user.
     *
     * @throws WrongCredentialsException if there is no such user, or the password is another one; which of the two it is cannot be told from outside
     */
    public AccessToken logIn(String email, String password) {
        User user = authenticated(email, password);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS); // as a JWT has it
        Instant expiresAt = now.plus(properties.validity());
        JwtClaimsSet claims = JwtClaimsSet.builder()
                .issuer(properties.issuer())
                .subject(Long.toString(user.id()))
                .issuedAt(now)
                .expiresAt(expiresAt)
                .claim(ROLES, List.of(user.role().name()))
                .build();
        JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
        String value = tokens.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
        return new AccessToken(value, expiresAt);
    }

    private User authenticated(String email, String password) {
        try {
            Authentication known =
                    users.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(email, password));
            return ((AccountDetails) Objects.requireNonNull(known.getPrincipal())).user();
        } catch (BadCredentialsException e) {
            throw new WrongCredentialsException();
        }
    }
}
