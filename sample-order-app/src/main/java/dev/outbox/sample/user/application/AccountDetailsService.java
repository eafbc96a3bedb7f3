package dev.outbox.sample.user.application;

import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Service;

/** Finds those who log in. */
@Service
class AccountDetailsService implements UserDetailsService {
    private final Accounts accounts;

    AccountDetailsService(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public UserDetails loadUserByUsername(String email) {
        return accounts.find(email)
                .map(AccountDetails::new)
                .orElseThrow(() -> new UsernameNotFoundException("There is no user with this address."));
    }
}
