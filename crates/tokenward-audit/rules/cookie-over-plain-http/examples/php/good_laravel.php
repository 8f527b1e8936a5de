<?php

return response()->json(['ok' => true])->cookie('jwt', $token, 15);
