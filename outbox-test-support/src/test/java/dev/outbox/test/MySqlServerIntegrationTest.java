package dev.outbox.test;

class MySqlServerIntegrationTest extends MySqlServerContract {

    MySqlServerIntegrationTest() {
        super(MySqlFlavour.MYSQL, "8.0.", TestServers::mysql);
    }
}
