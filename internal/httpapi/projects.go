package httpapi

func (s *Server) projectRoutes() {}
