package dev.outbox.test;

class MariaDbServerIntegrationTest extends MySqlServerContract {

    MariaDbServerIntegrationTest() {
        super(MySqlFlavour.MARIADB, "11.4.", TestServers::mariadb);
    }
}
