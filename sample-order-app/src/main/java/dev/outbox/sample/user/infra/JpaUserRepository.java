package dev.outbox.sample.user.infra;

import dev.outbox.sample.user.domain.User;
import dev.outbox.sample.user.domain.UserRepository;
import org.springframework.data.repository.Repository;

/** Users in the database. */
interface JpaUserRepository extends Repository<User, Long>, UserRepository {}
