package sckd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rooms of docs/architecture.md and their arrows. */
class ArchitectureTest {
    /** From top to bottom: a room knows only rooms further down. */
    private static final List<String> ROOMS = List.of(
            "cli",
            "experiment",
            "report",
            "training",
            "distillation",
            "autodiff",
            "zoo",
            "savedmodel",
            "data",
            "graph",
            "archive",
            "yaml",
            "files");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("sckd");

    @Test
    void roomsAreThose() {
        var rooms = CLASSES.stream()
                .map(type -> type.getPackageName().replaceFirst("^sckd\\.?", ""))
                .filter(room -> !room.isEmpty())
                .collect(Collectors.toSet());
        assertThat(rooms).containsExactlyInAnyOrderElementsOf(ROOMS);
    }

    @Test
    void arrowsGoDown() {
        for (int room = 1; room < ROOMS.size(); room++) {
            var above =
                    ROOMS.subList(0, room).stream().map(name -> "sckd." + name).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("sckd." + ROOMS.get(room))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above)
                    .check(CLASSES);
        }
    }

    @Test
    void onlyTheCommandLineKnowsPicocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage("sckd.cli")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..")
                .check(CLASSES);
    }

    @Test
    void onlyTheRoomOfYamlKnowsItsParser() {
        noClasses()
                .that()
                .resideOutsideOfPackage("sckd.yaml")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.yaml..", "com.fasterxml.jackson.dataformat.yaml..")
                .check(CLASSES);
    }

    @Test
    void partsThatUsersNameArePublicRecords() {
        for (var kind : List.of(
                "sckd.distillation.DistillationLoss",
                "sckd.distillation.Gate",
                "sckd.distillation.Head",
                "sckd.training.Optimizer")) {
            classes()
                    .that()
                    .implement(kind)
                    .should()
                    .beRecords()
                    .andShould()
                    .bePublic()
                    .check(CLASSES);
        }
    }
}
