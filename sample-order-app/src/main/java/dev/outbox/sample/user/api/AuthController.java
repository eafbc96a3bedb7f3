package dev.outbox.sample.user.api;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.user.application.Accounts;
import dev.outbox.sample.user.application.Login;
import dev.outbox.sample.user.domain.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RunsIn(ProcessRole.API)
@RestController
@RequestMapping("/api/v1/auth")
@Tag(name = "Users")
@SecurityRequirements // none
class AuthController {
    private final Accounts accounts;
    private final Login login;

    AuthController(Accounts accounts, Login login) {
        this.accounts = accounts;
        this.login = login;
    }

    @PostMapping("/register")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Become a user",
            description = "409 EMAIL_TAKEN if another user has the address, in upper or lower case.")
    UserResponse register(@Valid @RequestBody RegisterRequest request) {
        return UserResponse.of(accounts.register(request.email(), request.password(), Role.USER));
    }

    @PostMapping("/login")
    @Operation(
            summary = "Get a token",
            description = "For the header Authorization: Bearer <token>, or the button Authorize above. "
                    + "401 WRONG_CREDENTIALS, which does not say whether there is a user with the address.")
    ResponseEntity<TokenResponse> login(@Valid @RequestBody LoginRequest request) {
        TokenResponse token = TokenResponse.of(login.logIn(request.email(), request.password()));
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(token);
    }
}
