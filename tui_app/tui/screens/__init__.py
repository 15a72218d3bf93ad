"""One file per stage, named as the stage. Start with `stage_screen`. Parts that know no stage are widgets."""
